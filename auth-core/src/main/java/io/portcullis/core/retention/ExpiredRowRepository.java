package io.portcullis.core.retention;

import io.portcullis.core.session.Session;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: what has served its time in MySQL. Every error is {@code UNAVAILABLE}. */
public interface ExpiredRowRepository {

    /**
     * Removes up to {@code limit} rows whose time was over before {@code before}, the oldest first; emits how many. Rows of a
     * session that is being changed just then are left for another time. Call in a transaction.
     */
    Mono<Long> remove(RetentionKind row, Instant before, int limit);

    /**
     * Up to {@code limit} sessions that nobody has ended, but whose absolute expiry or last refresh token's expiry was before
     * {@code before}.
     */
    Flux<String> findExpiredSessions(Instant before, int limit);

    /** The session if it is so expired, else empty. Call under the session's lock. */
    Mono<Session> ifExpired(Session session, Instant before);
}
