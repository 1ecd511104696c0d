package io.portcullis.core.redis;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Times out look-ups that Redis does not answer. All look-ups have the same timeout and so expire in the order in which they were
 * sent. One queue and one task per event loop are therefore enough; a timer per look-up would cost a lock, a wake-up of another
 * thread and garbage.
 *
 * <p>While a look-up is outstanding, the task runs every 10 ms. If the task runs more than 10 ms late, the event loop has
 * stalled, and replies of Redis may be waiting in the socket. The task then extends the deadlines by the stall. It also expires
 * nothing in that run, unless it skipped expiry in the run before, so that the event loop reads the replies first.
 *
 * <p>Upper bound of a look-up: two timeouts, plus the stall that exceeded them, plus the time until the next run of the task.
 * Without stalls a look-up expires at its timeout.
 *
 * <p>Confined to its event loop; not thread-safe.
 */
final class LookupTimeouts implements Runnable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** The minimum delay of the task, which lets the event loop read from its sockets before the next run. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final Queue<GetTokenCommand> pending = new ArrayDeque<>();
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

    /** Starts the timeout of the look-up now. */
    void add(GetTokenCommand lookup) {
        long now = nanoTime.getAsLong();
        lookup.setDeadline(now, limit.toNanos());
        pending.add(lookup);
        if (!armed) {
            arm(now);
        }
    }

    /** Removes terminated look-ups from the head of the queue. Replies mostly arrive in the order of the commands. */
    void trim() {
        GetTokenCommand first = pending.peek();
        while (first != null && first.isDone()) {
            pending.remove();
            first = pending.peek();
        }
    }

    /**
     * Returns the stalled time since {@code start} in nanoseconds. Includes a current stall: the event loop may read a reply
     * before it runs the task that records the stall.
     */
    long stalledNanosSince(long start) {
        long now = nanoTime.getAsLong();
        long current = armed && isLate(now) ? EventLoopStalls.overlap(start, due, now) : 0;
        return current + stalls.nanosSince(start);
    }

    @Override
    public void run() {
        armed = false;
        long now = nanoTime.getAsLong();
        boolean late = isLate(now);
        if (late) {
            stalls.add(due, now);
            pending.forEach(lookup -> lookup.extendDeadline(due, now));
        }
        // Skips expiry at most once in a row; otherwise an event loop that keeps stalling never times anything out.
        expirySkipped = late && !expirySkipped;
        if (!expirySkipped) {
            expire(now);
        }
        // A subscriber of an expired look-up may have sent a new one, which armed the task.
        if (!pending.isEmpty() && !armed) {
            arm(now);
        }
    }

    private boolean isLate(long now) {
        return now - due > EventLoopStalls.NOTABLE_NANOS;
    }

    private void expire(long now) {
        GetTokenCommand first = pending.peek();
        while (first != null && (first.isDone() || first.deadline() - now <= 0)) {
            pending.remove();
            first.expire(limit);
            first = pending.peek();
        }
    }

    private void arm(long now) {
        GetTokenCommand first = pending.element();
        long nanos = Math.max(TURN_NANOS, Math.min(TICK_NANOS, first.deadline() - now));
        armed = true;
        due = now + nanos;
        var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
}
