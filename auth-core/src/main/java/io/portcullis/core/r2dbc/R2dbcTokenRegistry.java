package io.portcullis.core.r2dbc;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.AccessTokenRecord;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RefreshTokenRecord;
import io.portcullis.core.token.RevocationReason;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenRegistry;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tokens in {@code access_token} and {@code refresh_token}, the ledger in {@code revoked_token}. Changes of several statements
 * are atomic only in a transaction, under the lock of the session's row.
 *
 * <p>Revoke and supersede: {@code SELECT ... FOR UPDATE} of what is not expired, {@code INSERT INTO revoked_token ... SELECT
 * ... ON DUPLICATE KEY UPDATE reason, applied_at = NULL}, then {@code DELETE} or {@code UPDATE}. Rows are read and entered by the
 * same condition before they change, so what is emitted is what the ledger holds. Superseded rows stay: a logout with such a
 * token must find its session.
 *
 * <p>What locks rows of a session names the index to find them by: with another one, or none as the optimiser prefers for a small
 * table, it would also lock rows of sessions that are not its business, and deadlock with those who change them.
 */
public final class R2dbcTokenRegistry implements TokenRegistry {
    private static final String OF_SESSION = " WHERE session_id = :sessionId";
    private static final String UNEXPIRED = OF_SESSION + " AND expires_at > :now";
    private static final String CURRENT_UNEXPIRED = UNEXPIRED + " AND superseded_at IS NULL";

    private final DatabaseClient client;
    private final DatabaseTime time;

    public R2dbcTokenRegistry(DatabaseClient client) {
        this(client, DatabaseTime.SERVER);
    }

    public R2dbcTokenRegistry(DatabaseClient client, DatabaseTime time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Void> insertAccess(AccessTokenRecord token) {
        return client.sql("""
                        INSERT INTO access_token (digest, session_id, user_id, expires_at, superseded_at)
                        VALUES (:digest, :sessionId, :userId, :expiresAt, :supersededAt)""")
                .bind("digest", token.digest())
                .bind("sessionId", token.sessionId())
                .bind("userId", token.userId())
                .bind("expiresAt", Columns.utc(token.expiresAt()))
                .bind("supersededAt", Columns.utcOrNull(token.supersededAt()))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> insertRefresh(RefreshTokenRecord token) {
        return client.sql("""
                        INSERT INTO refresh_token (digest, session_id, generation, expires_at, used_at, sealed_successor)
                        VALUES (:digest, :sessionId, :generation, :expiresAt, :usedAt, :sealedSuccessor)""")
                .bind("digest", token.digest())
                .bind("sessionId", token.sessionId())
                .bind("generation", token.generation())
                .bind("expiresAt", Columns.utc(token.expiresAt()))
                .bind("usedAt", Columns.utcOrNull(token.usedAt()))
                .bind("sealedSuccessor", Columns.textOrNull(token.sealedSuccessor()))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<String> findSessionId(TokenKind kind, String digest) {
        String table = switch (kind) {
            case ACCESS -> "access_token";
            case REFRESH -> "refresh_token";
        };
        return client.sql("SELECT session_id FROM " + table + " WHERE digest = :digest")
                .bind("digest", digest)
                .map(row -> Columns.text(row, "session_id"))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Identity> findIdentity(String accessTokenDigest, Instant now) {
        return client.sql("""
                        SELECT s.id, s.user_id, s.username, s.user_type, s.tenant_id, s.roles
                        FROM access_token t JOIN auth_session s ON s.id = t.session_id
                        WHERE t.digest = :digest AND t.superseded_at IS NULL AND t.expires_at > :now
                          AND s.ended_at IS NULL AND s.expires_at > :now""")
                .bind("digest", accessTokenDigest)
                .bind("now", Columns.utc(now))
                .map(R2dbcTokenRegistry::identity)
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * {@code SELECT ... FROM auth_session WHERE id = (SELECT session_id ...) LOCK IN SHARE MODE}, which locks that row and waits
     * for whoever changes the session; then a plain read of the token, which under READ COMMITTED sees what that was.
     */
    @Override
    public Mono<Identity> findIdentityLocked(String accessTokenDigest, Instant now) {
        return client.sql("""
                        SELECT id, user_id, username, user_type, tenant_id, roles FROM auth_session
                        WHERE id = (SELECT session_id FROM access_token WHERE digest = :digest)
                          AND ended_at IS NULL AND expires_at > :now LOCK IN SHARE MODE""")
                .bind("digest", accessTokenDigest)
                .bind("now", Columns.utc(now))
                .map(R2dbcTokenRegistry::identity)
                .one()
                .flatMap(identity -> ifCurrent(identity, accessTokenDigest, now))
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<Identity> ifCurrent(Identity identity, String accessTokenDigest, Instant now) {
        return client.sql("SELECT 1 FROM access_token"
                        + " WHERE digest = :digest AND superseded_at IS NULL AND expires_at > :now")
                .bind("digest", accessTokenDigest)
                .bind("now", Columns.utc(now))
                .map(row -> identity)
                .one();
    }

    @Override
    public Mono<RefreshTokenRecord> findRefreshForUpdate(String digest) {
        return client.sql("SELECT * FROM refresh_token WHERE digest = :digest FOR UPDATE")
                .bind("digest", digest)
                .map(R2dbcTokenRegistry::refreshToken)
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Integer> findLatestGeneration(String sessionId) {
        return client.sql("SELECT generation FROM refresh_token" + OF_SESSION + " ORDER BY generation DESC LIMIT 1")
                .bind("sessionId", sessionId)
                .mapValue(Integer.class)
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    /** {@code UPDATE ... WHERE digest = :digest AND used_at IS NULL}; if that finds no row the transaction must not go on. */
    @Override
    public Mono<Void> spendRefresh(RefreshTokenRecord token, Instant usedAt, String sealedSuccessor) {
        return client.sql("""
                        UPDATE refresh_token SET used_at = :usedAt, sealed_successor = :sealedSuccessor
                        WHERE digest = :digest AND used_at IS NULL""")
                .bind("usedAt", Columns.utc(usedAt))
                .bind("sealedSuccessor", sealedSuccessor)
                .bind("digest", token.digest())
                .fetch()
                .rowsUpdated()
                .filter(updated -> updated == 1)
                .switchIfEmpty(Mono.error(() -> PortcullisException.storeUnavailable(
                        "MySQL", new IllegalStateException("the refresh token was not fresh any more"))))
                .then(forgetSuccessorsBefore(token))
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<Void> forgetSuccessorsBefore(RefreshTokenRecord token) {
        return client.sql("UPDATE refresh_token FORCE INDEX (refresh_token_generation)"
                        + " SET sealed_successor = NULL" + OF_SESSION
                        + " AND generation < :generation AND sealed_successor IS NOT NULL")
                .bind("sessionId", token.sessionId())
                .bind("generation", token.generation())
                .then();
    }

    @Override
    public Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now) {
        Mono<Void> mark = client.sql("UPDATE access_token FORCE INDEX (access_token_session) SET superseded_at = :now"
                        + OF_SESSION + " AND superseded_at IS NULL")
                .bind("now", Columns.utc(now))
                .bind("sessionId", sessionId)
                .then();
        return kill(CURRENT_UNEXPIRED, sessionId, RevocationReason.SUPERSEDED, now, mark)
                .map(token -> new AccessTokenRecord(
                        token.digest(), token.sessionId(), token.userId(), token.expiresAt(), now));
    }

    @Override
    public Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant unexpiredAt) {
        Mono<Void> delete = client.sql("DELETE t FROM access_token t FORCE INDEX (access_token_session)" + OF_SESSION)
                .bind("sessionId", sessionId)
                .then();
        return kill(UNEXPIRED, sessionId, reason, unexpiredAt, delete);
    }

    private Flux<AccessTokenRecord> kill(
            String condition, String sessionId, RevocationReason reason, Instant now, Mono<Void> change) {
        return client.sql("SELECT * FROM access_token FORCE INDEX (access_token_session)" + condition
                        + " ORDER BY digest FOR UPDATE")
                .bind("sessionId", sessionId)
                .bind("now", Columns.utc(now))
                .map(R2dbcTokenRegistry::accessToken)
                .all()
                .collectList()
                .delayUntil(
                        tokens -> tokens.isEmpty() ? Mono.empty() : enterInLedger(condition, sessionId, reason, now))
                .delayUntil(tokens -> change)
                .flatMapIterable(tokens -> tokens)
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<Void> enterInLedger(String condition, String sessionId, RevocationReason reason, Instant now) {
        String revokedAt = time.now();
        return client.sql("INSERT INTO revoked_token (digest, expires_at, reason, revoked_at, applied_at)"
                        + " SELECT digest, expires_at, :reason, " + revokedAt + ", NULL FROM access_token"
                        + condition
                        + " ON DUPLICATE KEY UPDATE reason = :reason, revoked_at = " + revokedAt
                        + ", applied_at = NULL")
                .bind("reason", reason.name())
                .bind("now", Columns.utc(now))
                .bind("sessionId", sessionId)
                .then();
    }

    @Override
    public Mono<Void> deleteRefresh(String sessionId) {
        return client.sql("DELETE t FROM refresh_token t FORCE INDEX (refresh_token_generation)" + OF_SESSION)
                .bind("sessionId", sessionId)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    private static AccessTokenRecord accessToken(Readable row) {
        return new AccessTokenRecord(
                Columns.text(row, "digest"),
                Columns.text(row, "session_id"),
                Columns.text(row, "user_id"),
                Columns.instant(row, "expires_at"),
                Columns.instantOrNull(row, "superseded_at"));
    }

    private static RefreshTokenRecord refreshToken(Readable row) {
        return new RefreshTokenRecord(
                Columns.text(row, "digest"),
                Columns.text(row, "session_id"),
                Objects.requireNonNull(row.get("generation", Integer.class), "generation"),
                Columns.instant(row, "expires_at"),
                Columns.instantOrNull(row, "used_at"),
                Columns.textOrNull(row, "sealed_successor"));
    }

    private static Identity identity(Readable row) {
        return new Identity(
                Columns.text(row, "user_id"),
                Columns.text(row, "username"),
                Columns.text(row, "user_type"),
                Columns.textOrNull(row, "tenant_id"),
                Columns.set(row, "roles"),
                Columns.text(row, "id"));
    }
}
