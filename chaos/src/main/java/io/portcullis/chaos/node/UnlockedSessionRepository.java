package io.portcullis.chaos.node;

import io.portcullis.core.session.DelegatingSessionRepository;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.SessionRepository;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Reads a session without the row lock that {@code findByIdForUpdate} should take. */
record UnlockedSessionRepository(SessionRepository delegate) implements DelegatingSessionRepository {
    @Override
    public Mono<LockedSession> findByIdForUpdate(String id) {
        return delegate.findById(id).map(session -> new LockedSession(session, Instant.now()));
    }
}
