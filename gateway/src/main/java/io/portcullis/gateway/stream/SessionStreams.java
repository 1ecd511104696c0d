package io.portcullis.gateway.stream;

import io.portcullis.core.reactive.Repetition;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open streams of one session on this node, and what is known about the session's end. Thread-safe. */
final class SessionStreams {
    /** A session that MySQL does not have is looked up again after this time: a lagging server may not have it yet. */
    private static final Duration MISSING_RETRY = Duration.ofSeconds(10);
    /** A session that MySQL did not have at this many look-ups counts as expired. */
    private static final int MAX_MISSING = 6;

    /**
     * A session is looked up again after at most this time: an end may become visible only after the window of the polls, for
     * example if the database took long to commit it, or its clock was set forward.
     */
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    private final Set<OpenStream> streams = ConcurrentHashMap.newKeySet();
    private volatile long confirmedAt = System.nanoTime();
    private volatile long lookUpAt = System.nanoTime();
    private volatile int missing;

    /** Adds a stream. Its session was alive a moment ago, because its request has just been admitted. */
    void add(OpenStream stream) {
        streams.add(stream);
        confirmedAt = System.nanoTime();
    }

    /** Removes a stream. Returns whether no stream is left. */
    boolean remove(OpenStream stream) {
        streams.remove(stream);
        return streams.isEmpty();
    }

    Set<OpenStream> streams() {
        return streams;
    }

    /** Returns the {@link System#nanoTime()} of the latest registration of a stream. */
    long confirmedAt() {
        return confirmedAt;
    }

    /** Returns whether the session must be looked up: for the first time, because it may have expired, or after a minute. */
    boolean needsLookUp(long now) {
        return lookUpAt - now <= 0;
    }

    /** Notes that the session will not expire before {@code remaining} has passed, unless it is ended. */
    void lasts(Duration remaining) {
        missing = 0;
        lookUpAt = System.nanoTime()
                + Math.min(
                        remaining.toNanos(), Repetition.jittered(MAX_INTERVAL).toNanos());
    }

    /** Notes that MySQL does not have the session. Returns whether the session counts as expired. */
    boolean missing() {
        int count = missing + 1;
        missing = count;
        lookUpAt = System.nanoTime() + MISSING_RETRY.toNanos();
        return count >= MAX_MISSING;
    }
}
