package io.portcullis.core.token.store;

import io.portcullis.core.token.TokenKind;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Port: the tokens in MySQL, the source of truth (docs/design.md section 4). Each method that revokes an access token also writes
 * the {@link RevocationLedger}. Every error is {@code UNAVAILABLE}.
 */
public interface TokenRepository {

    /** Inserts an access token. */
    Mono<Void> insertAccess(AccessTokenRecord token);

    /** Inserts a refresh token. */
    Mono<Void> insertRefresh(RefreshTokenRecord token);

    /** Emits the id of the session to which the access or refresh token belongs; empty if the digest is unknown. */
    Mono<String> findSessionId(TokenKind kind, String digest);

    /**
     * Emits the row of a token that was imported from another system; empty if there is none. The row stays when the token is spent or
     * revoked.
     */
    Mono<ImportedToken> findImported(String digest);

    /** Emits the scopes to which a refresh has narrowed an access token; empty if it has the scopes of its session, or is unknown. */
    Mono<Set<String>> findScopes(String accessTokenDigest);

    /**
     * Emits the identity of a live access token, by one read without locks. Empty if the token is unknown or expired, if its
     * grace window after a refresh is over, or if its session has ended or expired. All times are by the database's clock.
     */
    Mono<Identity> findIdentity(String accessTokenDigest);

    /**
     * Emits the same as {@link #findIdentity}, under a shared lock of the session's row: until the surrounding transaction ends,
     * no logout or refresh of the session can begin. The row of the token itself is not locked.
     */
    Mono<LiveAccessToken> findIdentityLocked(String accessTokenDigest);

    /**
     * Emits the session's live refresh token, then the one that was spent for it. Emits at most these two, even if an earlier
     * release has left more rows. Must be called under the session's lock.
     */
    Flux<RefreshTokenRecord> findLatestRefresh(String sessionId);

    /** Writes what {@link RefreshTokenRecord#spent(Instant, String, boolean)} changes. The row must be live. */
    Mono<Void> spendRefresh(RefreshTokenRecord spent);

    /** Replaces the sealed successor pair of a spent refresh token. Must be called under the session's lock. */
    Mono<Void> replaceSealedSuccessor(String digest, String sealedSuccessor);

    /**
     * Records that the successor pairs of these refresh tokens have been sent: each token that is undelivered is not any more, and
     * its grace window begins at the database's current time. Changes no other row. Needs no lock of a session, because no other
     * change depends on the order.
     */
    Mono<Void> confirmDelivery(Collection<String> digests);

    /** Deletes the row of one refresh token. */
    Mono<Void> deleteRefresh(RefreshTokenRecord token);

    /**
     * Supersedes the access tokens of the session. The newest one passes until {@code until}: the ledger gets an unapplied entry
     * for it, dated {@code until}. The rows of the older ones are deleted, and each that still passes gets an entry dated
     * {@code now}. Emits the unexpired tokens with the time from which each is refused. Must be called under the session's lock.
     */
    Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now, Instant until);

    /**
     * Revokes all access tokens of the session: deletes their rows, and adds an unapplied ledger entry dated {@code revokedAt}
     * for each token whose expiry is not more than {@link RevokedToken#CLOCK_SKEW} ago. Emits these tokens. An existing entry of
     * the ledger is replaced, with the new reason. Must be called under the session's lock.
     */
    Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant revokedAt);

    /**
     * Revokes an access token whose session is unknown: adds an unapplied ledger entry dated with the current time, and emits
     * true. Emits false and changes nothing if the ledger already holds an entry in force; the replay of that entry writes the
     * tombstone.
     */
    Mono<Boolean> revokeUnknown(String digest, Instant expiresAt, RevocationReason reason);

    /** Deletes the refresh tokens of {@link #findLatestRefresh}: the live one and the one spent for it. Same lock. */
    Mono<Void> deleteRefresh(String sessionId);
}
