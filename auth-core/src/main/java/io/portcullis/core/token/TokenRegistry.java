package io.portcullis.core.token;

import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: tokens in MySQL, the source of truth. What revokes also writes the {@link RevocationLedger}. Every error is {@code UNAVAILABLE}. */
public interface TokenRegistry {

    Mono<Void> insertAccess(AccessTokenRecord token);

    Mono<Void> insertRefresh(RefreshTokenRecord token);

    /** The session that the token, access or refresh, descends from; empty when the digest is unknown. */
    Mono<String> findSessionId(TokenKind kind, String digest);

    /** Who the access token stands for if it is not superseded and its session lives; else empty. One plain read. */
    Mono<Identity> findIdentity(String accessTokenDigest, Instant now);

    /**
     * As {@link #findIdentity}, under a shared lock of the session's row: until the surrounding transaction ends, no logout or
     * refresh of the session can begin. Nothing of the token's own row is locked.
     */
    Mono<Identity> findIdentityLocked(String accessTokenDigest, Instant now);

    /** The refresh token, as a current (locking) read; empty when there is none. Call under the session's lock. */
    Mono<RefreshTokenRecord> findRefreshForUpdate(String digest);

    /** The session's highest generation of refresh token; empty when it has none. Call under the session's lock. */
    Mono<Integer> findLatestGeneration(String sessionId);

    /** Spends the refresh token, keeps its sealed successor, and forgets the sealed successors of earlier generations. */
    Mono<Void> spendRefresh(RefreshTokenRecord token, Instant usedAt, String sealedSuccessor);

    /**
     * Marks the session's access tokens as superseded and enters those not yet expired in the ledger, unapplied; emits
     * them.
     */
    Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now);

    /**
     * Deletes the session's access tokens and enters those in the ledger, unapplied, that have not expired at {@code
     * unexpiredAt}; emits those. An entry's date is the database's time of this call, also when the transaction is run again. A
     * token that is in the ledger already is entered again under the new reason.
     */
    Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant unexpiredAt);

    /** Deletes the session's refresh tokens. */
    Mono<Void> deleteRefresh(String sessionId);
}
