package io.portcullis.core.session;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.time.Instant;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: the sessions in MySQL, the source of truth. Every error is {@code UNAVAILABLE}. */
public interface SessionRepository {

    /** Adds a session. */
    Mono<Void> insert(Session session);

    /** The session, ended or not; empty when there is none. */
    Mono<Session> findById(String id);

    /**
     * The session, its row locked until the surrounding transaction ends. The row is the lock of the session: every change
     * of a session begins here. Empty when there is none.
     */
    Mono<LockedSession> findByIdForUpdate(String id);

    /** Takes over what a refresh saw: time, address, and the account's current name, roles and type. */
    Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType);

    /**
     * Writes something to the session's row that changes it and means nothing. A transaction that only read may answer with what
     * another one has committed but the server has not yet on disk, and a crash would take it back; one that writes is confirmed
     * when everything before it is on disk, too (invariant I4). Call under the session's lock.
     */
    Mono<Void> forceDurableCommit(String id);

    /** Marks the session as ended. */
    Mono<Void> end(String id, Instant at, EndReason reason);

    /**
     * Ids of the user's sessions that have not been ended, oldest first. Those that have expired on some clock are among them: ending
     * one does no harm, and passing over one that lives on another node's clock would.
     */
    Flux<String> findUnendedIdsByUser(String userId);

    /** One page of live sessions, newest first. */
    Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request);
}
