package io.portcullis.core.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The times at which a subscription was known to receive every message, and the gaps between them. A gap begins with the last proof that
 * the former connection worked, and ends when the next connection has been subscribed. All times are those of {@link System#nanoTime()}.
 * Thread-safe.
 */
final class SubscriptionCoverage {
    /** Older gaps are merged, which makes the merged gap longer than both. */
    static final int MAX_GAPS = 32;

    private final Deque<Gap> gaps = new ArrayDeque<>();
    private Object connection = this;
    private long lastAlive;

    /** @param created the time since which messages may have been missed */
    SubscriptionCoverage(long created) {
        this.lastAlive = created;
    }

    /** Notes that the connection has been subscribed. */
    synchronized void subscribed(Object to, long at) {
        if (at - lastAlive > 0) {
            addGap(new Gap(lastAlive, at));
            connection = to;
            lastAlive = at;
        }
    }

    private void addGap(Gap gap) {
        if (gaps.size() == MAX_GAPS) {
            Gap first = gaps.removeFirst();
            Gap second = gaps.removeFirst();
            gaps.addFirst(new Gap(first.from, second.to));
        }
        gaps.addLast(gap);
    }

    /**
     * Notes that the connection, which is the current one, has answered a {@code PING}. What was published before the {@code PING} was sent
     * has been received.
     */
    synchronized void alive(Object to, long pingSentAt) {
        if (to != connection) {
            subscribed(to, pingSentAt);
        } else if (pingSentAt - lastAlive > 0) {
            lastAlive = pingSentAt;
        }
    }

    /** Returns the time of the last proof that the subscription works; the time of the creation before the first one. */
    synchronized long lastAlive() {
        return lastAlive;
    }

    /** Returns the time up to which every message since {@code from} has been received; never earlier than {@code from}. */
    synchronized long completeUntil(long from) {
        Iterator<Gap> all = gaps.iterator();
        long until = lastAlive;
        while (all.hasNext()) {
            Gap gap = all.next();
            if (gap.to - from > 0) {
                until = gap.from;
                break;
            }
        }
        return until - from > 0 ? until : from;
    }

    private record Gap(long from, long to) {}
}
