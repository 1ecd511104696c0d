package io.portcullis.core.token.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Port: the ledger of revocations in MySQL, which Redis is repaired from (docs/design.md section 4). It is written by {@link
 * TokenRepository}, in the transaction that revokes. Every error is {@code UNAVAILABLE}.
 *
 * <p>An entry holds from its date on, by the database's clock. That of a replaced access token is dated at the end of its grace
 * window, and no query but {@link #findReason} emits it before. An entry counts as expired {@link RevokedToken#CLOCK_SKEW} after its token.
 */
public interface RevocationLedger {

    /** Up to {@code limit} unexpired entries of which no node has noted yet that Redis holds their tombstone. */
    Flux<RevokedToken> findUnapplied(Instant now, int limit);

    /**
     * Up to {@code limit} unexpired entries that were revoked within {@code age} before the database's present time, latest
     * first. An entry's date is the database's, too, so no clock of a node moves the window.
     */
    Flux<RevokedToken> findRevokedWithin(Duration age, Instant now, int limit);

    /** A page of all unexpired entries, latest first; those after {@code last}, or the first ones. */
    Flux<RevokedToken> findUnexpired(Instant now, @Nullable RevokedToken last, int limit);

    /** Why the access token was revoked; empty when the ledger does not know it. */
    Mono<RevocationReason> findReason(String digest);

    /** Notes that Redis holds these tombstones. Call in a transaction. */
    Mono<Void> markApplied(List<RevokedToken> entries, Instant at);
}
