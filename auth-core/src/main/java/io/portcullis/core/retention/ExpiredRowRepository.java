package io.portcullis.core.retention;

import io.portcullis.core.session.Session;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: finds and removes rows in MySQL whose retention time has passed. Every error is {@code UNAVAILABLE}. */
public interface ExpiredRowRepository {

    /**
     * Removes up to {@code limit} rows of one kind whose time ended before {@code before}, oldest first, and emits
     * the number of removed rows. Skips rows of a session whose row another transaction has locked. Call it in a
     * transaction.
     */
    Mono<Long> remove(RetentionKind kind, Instant before, int limit);

    /**
     * Emits up to {@code limit} ids of sessions that have not been ended although their absolute expiry or their last
     * refresh token's expiry was before {@code before}.
     */
    Flux<String> findExpiredSessions(Instant before, int limit);

    /**
     * Emits the session if it has expired as in {@link #findExpiredSessions}; otherwise empty. Call it under the
     * session's lock.
     */
    Mono<Session> ifExpired(Session session, Instant before);
}
