package io.portcullis.gateway.stream;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionLifetime;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Which sessions with streams on this node must be looked up in MySQL by their id, and what follows from the result. */
final class SessionLookUps {
    /** A refresh that began before the expiry may commit so much later. */
    static final Duration LATE_REFRESH = Duration.ofMillis(300);

    private final OpenStreams streams;
    private final Consumer<EndedSession> close;
    private final Clock clock;

    /** @param close closes the streams of an ended session */
    SessionLookUps(OpenStreams streams, Consumer<EndedSession> close, Clock clock) {
        this.streams = streams;
        this.close = close;
        this.clock = clock;
    }

    /** Returns the sessions that must be looked up now, at most {@code limit}, those that have waited the longest. */
    List<String> due(int limit) {
        long now = System.nanoTime();
        return streams.sessions().entrySet().stream()
                .map(each -> new Waiting(each.getKey(), now - each.getValue().lookUpAt()))
                .filter(each -> each.nanos >= 0)
                .sorted(Comparator.comparingLong(Waiting::nanos).reversed())
                .limit(limit)
                .map(Waiting::sessionId)
                .toList();
    }

    /**
     * Makes all sessions due, because the polls since the last one may have missed an end.
     *
     * @param lastRead the {@link System#nanoTime()} of the last poll, which missed nothing
     */
    void requireAll(long lastRead) {
        long now = System.nanoTime();
        streams.sessions().values().forEach(session -> session.requireLookUp(now, lastRead));
    }

    /**
     * Applies the result of a look-up. Closes the streams of a session that has ended or expired.
     *
     * @param sessionIds the sessions that were looked up
     * @param found the sessions that MySQL has
     * @param readAt the {@link System#nanoTime()} at which the look-up began
     */
    void apply(Collection<String> sessionIds, Map<String, SessionLifetime> found, long readAt) {
        for (String id : sessionIds) {
            SessionStreams session = streams.sessions().get(id);
            SessionLifetime lifetime = found.get(id);
            if (session != null && lifetime != null) {
                apply(session, lifetime, readAt);
            } else if (session != null && session.missing(System.nanoTime())) {
                close(session, new EndedSession(id, EndReason.EXPIRED, clock.instant()));
            }
        }
    }

    private void apply(SessionStreams session, SessionLifetime lifetime, long readAt) {
        EndReason reason = lifetime.endReason();
        Duration remaining = lifetime.remaining();
        if (reason != null) {
            close(session, new EndedSession(lifetime.sessionId(), reason, lifetime.overAt()));
        } else if (remaining.plus(LATE_REFRESH).isNegative()) {
            close(session, new EndedSession(lifetime.sessionId(), EndReason.EXPIRED, lifetime.overAt()));
        } else {
            session.lasts(remaining.isNegative() || remaining.isZero() ? LATE_REFRESH : remaining, readAt);
        }
    }

    private void close(SessionStreams session, EndedSession ended) {
        session.postponeLookUp(System.nanoTime());
        close.accept(ended);
    }

    private record Waiting(String sessionId, long nanos) {}
}
