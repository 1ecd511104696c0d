package io.portcullis.core.redis;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Ends look-ups that were not answered in time. All have the same time, so they end in the order in which they were asked: a queue
 * and one task per event loop do, where a timer of its own for each would cost it a lock, a wake-up of another thread and garbage.
 *
 * <p>Used on its event loop alone.
 */
final class Deadlines implements Runnable {
    private final EventLoop loop;
    private final Duration limit;
    private final Queue<Lookup> waiting = new ArrayDeque<>();
    private boolean armed;

    Deadlines(EventLoop loop, Duration limit) {
        this.loop = loop;
        this.limit = limit;
    }

    EventLoop loop() {
        return loop;
    }

    /** From now on. */
    void add(Lookup lookup) {
        long nanos = limit.toNanos();
        lookup.deadline(System.nanoTime() + nanos);
        waiting.add(lookup);
        if (!armed) {
            arm(nanos);
        }
    }

    /** Lets go of those in front that have ended; answers mostly come in the order of the questions. */
    void trim() {
        Lookup first = waiting.peek();
        while (first != null && first.isDone()) {
            waiting.remove();
            first = waiting.peek();
        }
    }

    @Override
    public void run() {
        armed = false;
        long now = System.nanoTime();
        Lookup first = waiting.peek();
        while (first != null && (first.isDone() || first.deadline() - now <= 0)) {
            waiting.remove();
            first.expire(limit);
            first = waiting.peek();
        }
        // Whoever was told may have asked anew, and armed it.
        if (first != null && !armed) {
            arm(first.deadline() - now);
        }
    }

    private void arm(long nanos) {
        armed = true;
        var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
}
