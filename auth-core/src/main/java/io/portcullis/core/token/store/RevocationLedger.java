package io.portcullis.core.token.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Port: the ledger of revoked access tokens in MySQL, from which Redis is repaired (docs/design.md section 4).
 * {@link TokenRepository} writes the ledger in the transaction that revokes the token. Every error is {@code UNAVAILABLE}.
 *
 * <p>An entry is in force from its {@code revokedAt} on, by the database's clock. The entry of a superseded access token is dated
 * at the end of its grace window, and no query except {@link #findReason} emits it earlier. An entry expires
 * {@link RevokedToken#CLOCK_SKEW} after its token.
 */
public interface RevocationLedger {

    /**
     * Emits up to {@code limit} unexpired entries whose tombstone no node has yet confirmed in Redis ({@code applied_at} is
     * null).
     */
    Flux<RevokedToken> findUnapplied(Instant now, int limit);

    /**
     * Emits up to {@code limit} unexpired entries that were revoked within {@code age} before the database's current time, latest
     * first. The database's clock also dates the entries, so a wrong clock of a node does not move the window.
     *
     * @param now the node's time, by which entries expire
     */
    Flux<RevokedToken> findRevokedWithin(Duration age, Instant now, int limit);

    /**
     * Emits a page of at most {@code limit} unexpired entries, latest first. The page follows {@code last}; null is the first
     * page.
     */
    Flux<RevokedToken> findUnexpired(Instant now, @Nullable RevokedToken last, int limit);

    /**
     * Emits the number and the age of the entries that {@link #findUnapplied} emits, by the database's clock. Never empty. Counts at most
     * {@code limit} entries, those first that expire first.
     */
    Mono<LedgerBacklog> backlog(Instant now, int limit);

    /** Emits the reason for which the access token was revoked; empty if the ledger has no entry for it. */
    Mono<RevocationReason> findReason(String digest);

    /** Records that Redis holds the tombstones of these entries. Must be called in a transaction. */
    Mono<Void> markApplied(List<RevokedToken> entries, Instant at);
}
