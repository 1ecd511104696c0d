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
record UnlockedSessions(SessionRepository sessions) implements SessionRepository {
    @Override
    public Mono<Void> insert(Session session) {
        return sessions.insert(session);
    }

    @Override
    public Mono<Session> findById(String id) {
        return sessions.findById(id);
    }

    @Override
    public Mono<LockedSession> findByIdForUpdate(String id) {
        return sessions.findById(id).map(session -> new LockedSession(session, Instant.now()));
    }

    @Override
    public Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType) {
        return sessions.touch(id, at, ip, username, roles, userType);
    }

    @Override
    public Mono<Void> forceDurableCommit(String id) {
        return sessions.forceDurableCommit(id);
    }

    @Override
    public Mono<Void> end(String id, Instant at, EndReason reason) {
        return sessions.end(id, at, reason);
    }

    @Override
    public Flux<String> findUnendedIdsByUser(String userId) {
        return sessions.findUnendedIdsByUser(userId);
    }

    @Override
    public Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request) {
        return sessions.pageLive(filter, now, request);
    }
}
