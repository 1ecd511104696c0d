package io.portcullis.core.token;

import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: tokens and the ledger of revocations in MySQL, the source of truth. Every error is {@code UNAVAILABLE}. */
public interface TokenRegistry {

    Mono<Void> insertAccess(AccessTokenRecord token);

    Mono<Void> insertRefresh(RefreshTokenRecord token);

    /** The session that the token, access or refresh, descends from; empty when the digest is unknown. */
    Mono<String> findSessionId(TokenKind kind, String digest);

    /** Who the access token stands for if it is not superseded and its session lives; else empty. One plain read. */
    Mono<Identity> findIdentity(String accessTokenDigest, Instant now);

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
     * Deletes the session's access tokens and enters those not yet expired in the ledger, unapplied; emits those. A token
     * that is in the ledger already is entered again under the new reason.
     */
    Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant now);

    /** Deletes the session's refresh tokens. */
    Mono<Void> deleteRefresh(String sessionId);

    /** Notes in the ledger that Redis holds these tombstones. */
    Mono<Void> markApplied(List<String> digests, Instant at);
}
