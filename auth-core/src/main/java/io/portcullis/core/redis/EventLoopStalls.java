package io.portcullis.core.redis;

import java.util.concurrent.TimeUnit;

/**
 * Records the stalls of an event loop. A stall is the time by which a scheduled task ran late, because of the processor, the
 * garbage collector or other work. Replies of Redis that arrive during a stall stay unread.
 *
 * <p>Keeps the latest stalls. All times are in {@link System#nanoTime()}. Confined to its event loop; not thread-safe.
 */
final class EventLoopStalls {
    /** The minimum length of a stall. Delays below this are normal timer jitter. */
    static final long NOTABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The number of stalls kept; a look-up times out before it can overlap more of them. */
    private static final int REMEMBERED = 32;

    private final long[] begins = new long[REMEMBERED];
    private final long[] ends = new long[REMEMBERED];
    private int next;

    /** Records a stall and forgets the oldest one. */
    void add(long begin, long end) {
        begins[next] = begin;
        ends[next] = end;
        next = (next + 1) % REMEMBERED;
    }

    /** Returns the total stalled time since {@code start}, in nanoseconds. */
    long nanosSince(long start) {
        long nanos = 0;
        for (int i = 0; i < REMEMBERED; i++) {
            nanos += overlap(start, begins[i], ends[i]);
        }
        return nanos;
    }

    /** Returns the part of the stall from {@code begin} to {@code end} that lies after {@code start}, in nanoseconds. */
    static long overlap(long start, long begin, long end) {
        return Math.max(0, Math.min(end - begin, end - start));
    }
}
