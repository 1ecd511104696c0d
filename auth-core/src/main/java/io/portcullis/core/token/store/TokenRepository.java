package io.portcullis.core.token.store;

import io.portcullis.core.token.TokenKind;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: tokens in MySQL, the source of truth. What revokes also writes the {@link RevocationLedger}. Every error is {@code UNAVAILABLE}. */
public interface TokenRepository {

    Mono<Void> insertAccess(AccessTokenRecord token);

    Mono<Void> insertRefresh(RefreshTokenRecord token);

    /** The session that the token, access or refresh, descends from; empty when the digest is unknown. */
    Mono<String> findSessionId(TokenKind kind, String digest);

    /**
     * Who the access token stands for if it has not expired, no refresh has replaced it for longer than the grace window, and its
     * session lives, all by the database's clock; else empty. One plain read.
     */
    Mono<Identity> findIdentity(String accessTokenDigest);

    /**
     * As {@link #findIdentity}, under a shared lock of the session's row: until the surrounding transaction ends, no logout or
     * refresh of the session can begin. Nothing of the token's own row is locked.
     */
    Mono<LiveAccessToken> findIdentityLocked(String accessTokenDigest);

    /**
     * The session's live refresh token and the one that was spent for it, the live one first; at most those two, however many rows
     * an earlier release has left. Call under the session's lock.
     */
    Flux<RefreshTokenRecord> findLatestRefresh(String sessionId);

    /** Spends the refresh token and keeps its sealed successor. */
    Mono<Void> spendRefresh(RefreshTokenRecord token, Instant usedAt, String sealedSuccessor);

    /** Deletes the row of a refresh token. */
    Mono<Void> deleteRefresh(RefreshTokenRecord token);

    /**
     * Gives the session's newest access token until {@code until}, from when on the ledger holds it as superseded, unapplied.
     * Deletes the rows of those before it; of those, a token that still passes is entered in the ledger as of {@code now}. Emits
     * the unexpired tokens with the time from which on each is refused. Call under the session's lock.
     */
    Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now, Instant until);

    /**
     * Deletes the session's newest access token and those before it, and enters those in the ledger as of {@code revokedAt},
     * unapplied, that have not expired for longer than {@link RevokedToken#CLOCK_SKEW}; emits those. A token that is in the ledger
     * already is entered again under the new reason. Call under the session's lock.
     */
    Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant revokedAt);

    /**
     * Enters an access token in the ledger as of now, unapplied, of which no session is known. Emits false, and changes nothing, if
     * the ledger holds it as dead already, so that its tombstone is seen to.
     */
    Mono<Boolean> revokeUnknown(String digest, Instant expiresAt, RevocationReason reason);

    /** Deletes the session's live refresh token and the one before it. Call under the session's lock. */
    Mono<Void> deleteRefresh(String sessionId);
}
