package io.portcullis.gateway.stream;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndedSession;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ends of sessions that this node has learned of lately. A request that was admitted before the end of its session may become a stream
 * after it. That stream is refused before its head is sent, or closed if the end comes at the same time, even if MySQL does not answer.
 * Holds {@link #MAX_ENDS} ends for at most {@link #MAX_AGE}. Thread-safe.
 */
final class RecentEnds {
    /** At most 6 MB: the longest message of the signal has 256 characters. The oldest end gives way to a further one. */
    static final int MAX_ENDS = 10_000;

    static final Duration MAX_AGE = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    /** The ends by session, the oldest first. */
    private final Map<String, Entry> ends = new LinkedHashMap<>();

    RecentEnds(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void add(EndedSession ended) {
        long now = nanoTime.getAsLong();
        ends.remove(ended.sessionId());
        ends.put(ended.sessionId(), new Entry(ended, now));
        Iterator<Entry> oldest = ends.values().iterator();
        while (oldest.next().isOlderThan(MAX_AGE, now) || ends.size() > MAX_ENDS) {
            oldest.remove();
        }
    }

    /** Returns the end of the session, null if this node has not learned of it lately. */
    synchronized @Nullable EndedSession find(String sessionId) {
        Entry found = ends.get(sessionId);
        return found == null || found.isOlderThan(MAX_AGE, nanoTime.getAsLong()) ? null : found.ended;
    }

    /** Throws the error with which the end of the session is answered, if this node has learned of it lately. */
    void requireAlive(String sessionId) {
        EndedSession ended = find(sessionId);
        if (ended != null) {
            throw PortcullisException.of(ended.reason().errorCode());
        }
    }

    private record Entry(EndedSession ended, long at) {
        boolean isOlderThan(Duration age, long now) {
            return now - at > age.toNanos();
        }
    }
}
