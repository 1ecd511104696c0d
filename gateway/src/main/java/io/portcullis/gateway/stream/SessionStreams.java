package io.portcullis.gateway.stream;

import io.portcullis.core.reactive.Repetition;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open streams of one session on this node, and what is known about the session's end. Thread-safe. */
final class SessionStreams {
    /** A session that MySQL does not have is looked up again after this time: a lagging server may not have it yet. */
    static final Duration RETRY = Duration.ofSeconds(10);
    /** A session that MySQL did not have at this many look-ups counts as expired. */
    static final int MAX_MISSING = 6;

    /**
     * A session is looked up again after at most this time: an end may become visible only after the window of the polls, for
     * example if the database took long to commit it, or its clock was set forward.
     */
    static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    private final Set<OpenStream> streams = ConcurrentHashMap.newKeySet();
    private volatile long confirmedAt;
    private volatile long lookUpAt;
    private volatile boolean uncovered = true;
    private volatile int missing;

    /** @param first the first stream */
    SessionStreams(OpenStream first) {
        this.confirmedAt = first.admittedAt();
        this.lookUpAt = System.nanoTime();
        streams.add(first);
    }

    /** Adds a stream. Its session was alive when its request was admitted. */
    synchronized void add(OpenStream stream) {
        streams.add(stream);
        confirm(stream.admittedAt());
    }

    private void confirm(long at) {
        if (at - confirmedAt > 0) {
            confirmedAt = at;
        }
    }

    /** Removes a stream. Returns whether no stream is left. */
    boolean remove(OpenStream stream) {
        streams.remove(stream);
        return streams.isEmpty();
    }

    Set<OpenStream> streams() {
        return streams;
    }

    /**
     * Returns the {@link System#nanoTime()} at which the session was last known to be alive.
     *
     * @param lastRead the time of the last poll, which covers the session unless it must be looked up
     */
    synchronized long aliveAt(long lastRead) {
        return uncovered || confirmedAt - lastRead > 0 ? confirmedAt : lastRead;
    }

    /** Returns the {@link System#nanoTime()} from which on the session must be looked up. */
    long lookUpAt() {
        return lookUpAt;
    }

    /**
     * Notes that the session must be looked up, because the polls may have missed its end. A session that MySQL does not have keeps the
     * time of its next look-up.
     *
     * @param lastRead the time of the last poll that covered the session
     */
    synchronized void requireLookUp(long now, long lastRead) {
        confirmedAt = aliveAt(lastRead);
        uncovered = true;
        if (missing == 0 && lookUpAt - now > 0) {
            lookUpAt = now;
        }
    }

    /**
     * Notes that the session was alive at {@code readAt}, and that it will not expire before {@code remaining} has passed, unless it is
     * ended.
     */
    synchronized void lasts(Duration remaining, long readAt) {
        missing = 0;
        uncovered = false;
        confirm(readAt);
        long most = Repetition.jittered(MAX_INTERVAL).toNanos();
        lookUpAt = System.nanoTime() + Math.min(remaining.toNanos(), most);
    }

    /** Notes that MySQL does not have the session. Returns whether the session counts as expired. */
    synchronized boolean missing(long now) {
        missing++;
        postponeLookUp(now);
        return missing >= MAX_MISSING;
    }

    /** Looks the session up again after a while. */
    synchronized void postponeLookUp(long now) {
        lookUpAt = now + RETRY.toNanos();
    }
}
