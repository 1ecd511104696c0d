package io.portcullis.chaos.node;

import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionLifetime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import reactor.core.publisher.Flux;

/** Returns no ended session, and of each session that it lasts for another hour. */
record EndlessSessions() implements SessionEndRepository {
    private static final Duration REMAINING = Duration.ofHours(1);

    @Override
    public Flux<EndedSession> findEndedWithin(Duration window, int limit) {
        return Flux.empty();
    }

    @Override
    public Flux<SessionLifetime> findLifetimes(Collection<String> sessionIds) {
        return Flux.fromIterable(sessionIds)
                .map(id -> new SessionLifetime(id, null, Instant.now().plus(REMAINING), REMAINING));
    }
}
