package io.portcullis.core.ticket;

import io.portcullis.core.token.store.Identity;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * Port: the unused tickets in MySQL, by their digests (docs/design.md section 4). All times are by the database's clock. Every error
 * is {@code UNAVAILABLE}.
 */
public interface TicketRepository {
    /** Inserts a ticket. Must be called under the session's lock. */
    Mono<Void> insert(String digest, String sessionId, Instant expiresAt);

    /** Emits the number of unused and unexpired tickets of the session. It is exact under the session's lock. */
    Mono<Long> countOpen(String sessionId);

    /**
     * Deletes an unexpired ticket, and emits whether this call has deleted it. Of concurrent calls with one ticket, on any nodes,
     * exactly one emits true if its transaction commits.
     */
    Mono<Boolean> consume(String digest);

    /** Emits the identity of a session that has neither ended nor expired, by one read without locks; empty for any other. */
    Mono<Identity> findIdentity(String sessionId);
}
