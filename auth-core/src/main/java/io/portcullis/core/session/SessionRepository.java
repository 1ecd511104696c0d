package io.portcullis.core.session;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: stores the sessions in MySQL, the source of truth. Every error is {@code UNAVAILABLE}. */
public interface SessionRepository {
    /** The number of sessions that {@link #listLiveByUser} emits at most. */
    int MAX_LISTED = 200;

    /** Inserts a session. */
    Mono<Void> insert(Session session);

    /** Emits the session, whether it has ended or not; empty when there is none. */
    Mono<Session> findById(String id);

    /**
     * Emits the session and locks its row until the surrounding transaction ends. The row lock is the session's lock:
     * every change of a session begins with this method. Empty when there is none.
     */
    Mono<LockedSession> findByIdForUpdate(String id);

    /** Updates the session after a refresh: time, address, and the account's current username, roles and type. */
    Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType);

    /**
     * Makes a no-op write to the session's row, so that the commit waits until every earlier commit is on disk
     * (invariant I4, docs/adr/0010). A transaction that only reads may return data of another commit that the server
     * has not flushed yet and would lose in a crash. Call it under the session's lock.
     */
    Mono<Void> forceDurableCommit(String id);

    /** Marks the session as ended. */
    Mono<Void> end(String id, Instant at, EndReason reason);

    /**
     * Emits the ids of the user's sessions in the scope that have not been ended, oldest first. Expired sessions are included,
     * because a session that has expired by this node's clock may be alive by another node's, and ending an expired
     * session is harmless.
     */
    Flux<String> findUnendedIdsByUser(String userId, TenantScope tenants);

    /** Emits one page of the sessions that are live at {@code now}, newest first. */
    Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request);

    /** Emits the user's sessions in the scope that are live at {@code now}, newest first: the newest 200 if there are more. */
    default Mono<List<Session>> listLiveByUser(String userId, TenantScope tenants, Instant now) {
        return pageLive(SessionFilter.ofUser(userId, tenants), now, new PageRequest(1, MAX_LISTED))
                .map(Page::list);
    }
}
