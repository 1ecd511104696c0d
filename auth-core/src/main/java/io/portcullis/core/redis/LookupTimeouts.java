package io.portcullis.core.redis;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends look-ups that Redis did not answer in time. All have the same time, so they end in the order in which they were asked: a queue
 * and one task per event loop do, where a timer of its own for each would cost it a lock, a wake-up of another thread and garbage.
 *
 * <p>While any is outstanding the task runs every 10 ms. If it comes more than 10 ms late, the loop was away, which is not held
 * against Redis: nothing ends then, as the loop has to read first what has arrived, and the look-ups get the lost time back, until
 * they have got all their time again. So one ends at the latest when the loop comes back for the second time after twice its time and
 * the absence with which that was exceeded. On a loop that is never away it ends in its time.
 *
 * <p>Used on its event loop alone.
 */
final class LookupTimeouts implements Runnable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Long enough for the loop to read before. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final Queue<GetTokenCommand> waiting = new ArrayDeque<>();
    private final EventLoopStalls stalls = new EventLoopStalls();
    private boolean armed;
    private long due;
    private boolean expirySkipped;

    LookupTimeouts(EventLoop loop, Duration limit) {
        this(loop, limit, System::nanoTime);
    }

    LookupTimeouts(EventLoop loop, Duration limit, LongSupplier nanoTime) {
        this.loop = loop;
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    EventLoop loop() {
        return loop;
    }

    /** From now on. */
    void add(GetTokenCommand lookup) {
        long now = nanoTime.getAsLong();
        lookup.setDeadline(now, limit.toNanos());
        waiting.add(lookup);
        if (!armed) {
            arm(now);
        }
    }

    /** Lets go of those in front that have ended; answers mostly come in the order of the questions. */
    void trim() {
        GetTokenCommand first = waiting.peek();
        while (first != null && first.isDone()) {
            waiting.remove();
            first = waiting.peek();
        }
    }

    /** How much of the time since then the loop was away. An answer may be read before the task is run that would notice. */
    long stalledNanosSince(long start) {
        long now = nanoTime.getAsLong();
        long current = armed && late(now) ? EventLoopStalls.overlap(start, due, now) : 0;
        return current + stalls.nanosSince(start);
    }

    @Override
    public void run() {
        armed = false;
        long now = nanoTime.getAsLong();
        boolean late = late(now);
        if (late) {
            stalls.add(due, now);
            waiting.forEach(lookup -> lookup.extendDeadline(due, now));
        }
        // Once: a loop that is away again and again would never end any.
        expirySkipped = late && !expirySkipped;
        if (!expirySkipped) {
            expire(now);
        }
        // Whoever was told may have asked anew, and armed it.
        if (!waiting.isEmpty() && !armed) {
            arm(now);
        }
    }

    private boolean late(long now) {
        return now - due > EventLoopStalls.NOTABLE_NANOS;
    }

    private void expire(long now) {
        GetTokenCommand first = waiting.peek();
        while (first != null && (first.isDone() || first.deadline() - now <= 0)) {
            waiting.remove();
            first.expire(limit);
            first = waiting.peek();
        }
    }

    private void arm(long now) {
        GetTokenCommand first = waiting.element();
        long nanos = Math.max(TURN_NANOS, Math.min(TICK_NANOS, first.deadline() - now));
        armed = true;
        due = now + nanos;
        var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
}
