package io.portcullis.core.redis;

import java.util.concurrent.TimeUnit;

/**
 * When an event loop was away: it came to a task long after that was due, because the processor, the garbage collector or other work
 * had kept it. What Redis answered meanwhile lay unread.
 *
 * <p>Remembers the latest few, all in {@link System#nanoTime()}. Used on its event loop alone.
 */
final class EventLoopStalls {
    /** Less is the usual lateness of a timer. */
    static final long NOTABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** More than a look-up can live through. */
    private static final int REMEMBERED = 32;

    private final long[] begins = new long[REMEMBERED];
    private final long[] ends = new long[REMEMBERED];
    private int next;

    void add(long begin, long end) {
        begins[next] = begin;
        ends[next] = end;
        next = (next + 1) % REMEMBERED;
    }

    /** How much of the time since then they took. */
    long nanosSince(long start) {
        long nanos = 0;
        for (int i = 0; i < REMEMBERED; i++) {
            nanos += overlap(start, begins[i], ends[i]);
        }
        return nanos;
    }

    /** How much of an absence was after the start. */
    static long overlap(long start, long begin, long end) {
        return Math.max(0, Math.min(end - begin, end - start));
    }
}
