package io.portcullis.bench.soak;

import io.portcullis.bench.world.LiveSessions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/** A session as its client knows it. One call at a time holds it. */
final class ClientSession {
    /** A token that expires within this time is not used: the clocks of client and gateway may differ a little. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final AtomicBoolean held = new AtomicBoolean();
    private final Instant expiresAt;
    private volatile String access;
    private volatile Instant accessExpiresAt;
    private volatile String refresh;
    private volatile boolean ended;
    private volatile boolean uncertain;

    ClientSession(LiveSessions.Session session) {
        this.expiresAt = session.expiresAt();
        this.access = session.access();
        this.accessExpiresAt = session.accessExpiresAt();
        this.refresh = session.refresh();
    }

    /** Returns whether the caller holds the session now. */
    boolean acquire() {
        return held.compareAndSet(false, true);
    }

    void release() {
        held.set(false);
    }

    boolean isLive() {
        return !ended && Instant.now().isBefore(expiresAt.minus(MARGIN));
    }

    boolean needsRefresh() {
        return !Instant.now().plus(MARGIN).isBefore(accessExpiresAt);
    }

    void refreshed(String newAccess, Instant newAccessExpiresAt, String newRefresh) {
        access = newAccess;
        accessExpiresAt = newAccessExpiresAt;
        refresh = newRefresh;
        uncertain = false;
    }

    /**
     * Begins a refresh. The client does not use the access token until the response to the refresh has come: the gateway may have refreshed the
     * session without the response reaching the client, and then accepts the old access token only until the end of the grace window.
     *
     * @return whether the refresh before it got no answer, so that a refusal of this one is no fault
     */
    boolean beginRefresh() {
        boolean before = uncertain;
        accessExpiresAt = Instant.MIN;
        uncertain = true;
        return before;
    }

    void end() {
        ended = true;
    }

    String access() {
        return access;
    }

    String refresh() {
        return refresh;
    }
}
