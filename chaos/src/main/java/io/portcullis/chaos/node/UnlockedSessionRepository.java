package io.portcullis.chaos.node;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import io.portcullis.core.session.SessionRepository;
import java.time.Instant;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads a session without the row lock that {@code findByIdForUpdate} should take. */
record UnlockedSessionRepository(SessionRepository delegate) implements SessionRepository {
    @Override
    public Mono<Void> insert(Session session) {
        return delegate.insert(session);
    }

    @Override
    public Mono<Session> findById(String id) {
        return delegate.findById(id);
    }

    @Override
    public Mono<LockedSession> findByIdForUpdate(String id) {
        return delegate.findById(id).map(session -> new LockedSession(session, Instant.now()));
    }

    @Override
    public Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType) {
        return delegate.touch(id, at, ip, username, roles, userType);
    }

    @Override
    public Mono<Void> forceDurableCommit(String id) {
        return delegate.forceDurableCommit(id);
    }

    @Override
    public Mono<Void> end(String id, Instant at, EndReason reason) {
        return delegate.end(id, at, reason);
    }

    @Override
    public Flux<String> findUnendedIdsByUser(String userId) {
        return delegate.findUnendedIdsByUser(userId);
    }

    @Override
    public Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request) {
        return delegate.pageLive(filter, now, request);
    }
}
