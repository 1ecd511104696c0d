package io.portcullis.core.session;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.time.Instant;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Decorates another repository, {@link #delegate()}, and delegates each call that an implementation does not override. */
public interface DelegatingSessionRepository extends SessionRepository {

    /** Returns the decorated repository. */
    SessionRepository delegate();

    @Override
    default Mono<Void> insert(Session session) {
        return delegate().insert(session);
    }

    @Override
    default Mono<Session> findById(String id) {
        return delegate().findById(id);
    }

    @Override
    default Mono<LockedSession> findByIdForUpdate(String id) {
        return delegate().findByIdForUpdate(id);
    }

    @Override
    default Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType) {
        return delegate().touch(id, at, ip, username, roles, userType);
    }

    @Override
    default Mono<Void> forceDurableCommit(String id) {
        return delegate().forceDurableCommit(id);
    }

    @Override
    default Mono<Void> end(String id, Instant at, EndReason reason) {
        return delegate().end(id, at, reason);
    }

    @Override
    default Flux<String> findUnendedIdsByUser(String userId, TenantScope tenants) {
        return delegate().findUnendedIdsByUser(userId, tenants);
    }

    @Override
    default Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request) {
        return delegate().pageLive(filter, now, request);
    }
}
