package io.portcullis.core.r2dbc;

import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.ImportedToken;
import io.portcullis.core.token.store.LiveAccessToken;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.store.TokenRepository;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores tokens in {@code access_token} and {@code refresh_token}, and writes the ledger in {@code revoked_token}. A change of
 * several statements is atomic only inside a transaction that holds the lock of the session's row.
 *
 * <p>The number of rows of a session does not grow with its refreshes: the newest access token and the one before it, the live
 * refresh token and the one spent for it. The rows are read along an index with a limit, because an earlier release left one row
 * per refresh. They are changed by primary key, so that a statement locks only the rows that it names. The reads take no row
 * locks: every change of these rows happens under the lock of the session's row.
 */
public final class R2dbcTokenRepository implements TokenRepository {
    /**
     * The maximum number of superseded rows per statement. It exceeds one, so that the rows of an earlier release are removed
     * gradually.
     */
    private static final int FORMER = 3;

    private static final String OF_SESSION = " WHERE session_id = :sessionId";

    private final DatabaseClient client;
    private final CurrentTimeSql time;
    private final LedgerEntries ledger;
    private final RefreshTokenRows refreshRows;

    /** Creates a repository that uses the database's clock. */
    public R2dbcTokenRepository(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a repository with another source of the current time, for tests. */
    public R2dbcTokenRepository(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
        this.ledger = new LedgerEntries(client, time);
        this.refreshRows = new RefreshTokenRows(client, time);
    }

    @Override
    public Mono<Void> insertAccess(AccessTokenRecord token) {
        return client.sql("""
                        INSERT INTO access_token (digest, session_id, user_id, expires_at, superseded_at, issued_at, scopes)
                        VALUES (:digest, :sessionId, :userId, :expiresAt, :supersededAt, :issuedAt, :scopes)""")
                .bind("digest", token.digest())
                .bind("sessionId", token.sessionId())
                .bind("userId", token.userId())
                .bind("expiresAt", ColumnValues.utc(token.expiresAt()))
                .bind("supersededAt", ColumnValues.utcOrNull(token.supersededAt()))
                .bind("issuedAt", ColumnValues.utcOrNull(token.issuedAt()))
                .bind("scopes", ColumnValues.textOrNull(scopes(token)))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    private static @Nullable String scopes(AccessTokenRecord token) {
        return token.scopes() == null ? null : ColumnValues.join(token.scopes());
    }

    @Override
    public Mono<Set<String>> findScopes(String accessTokenDigest) {
        return client.sql("SELECT scopes FROM access_token WHERE digest = :digest AND scopes IS NOT NULL")
                .bind("digest", accessTokenDigest)
                .map(row -> ColumnValues.set(row, "scopes"))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> insertRefresh(RefreshTokenRecord token) {
        return refreshRows.insert(token).onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<String> findSessionId(TokenKind kind, String digest) {
        String table = switch (kind) {
            case ACCESS -> "access_token";
            case REFRESH -> "refresh_token";
            case TICKET ->
                throw new IllegalArgumentException("kind: " + kind + " (expected: a token of a session's pair)");
        };
        return client.sql("SELECT session_id FROM " + table + " WHERE digest = :digest")
                .bind("digest", digest)
                .map(row -> ColumnValues.text(row, "session_id"))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<ImportedToken> findImported(String digest) {
        return client.sql("SELECT kind, digest, session_id, expires_at FROM imported_token WHERE digest = :digest")
                .bind("digest", digest)
                .map(row -> new ImportedToken(
                        TokenKind.valueOf(ColumnValues.text(row, "kind")),
                        ColumnValues.text(row, "digest"),
                        ColumnValues.text(row, "session_id"),
                        ColumnValues.instant(row, "expires_at")))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Identity> findIdentity(String accessTokenDigest) {
        return client.sql("""
                        SELECT s.id, s.user_id, s.username, s.user_type, s.tenant_id, s.roles, s.client_id, s.scopes,
                          t.scopes AS token_scopes, t.issued_at, t.expires_at AS token_expires_at
                        FROM access_token t JOIN auth_session s ON s.id = t.session_id
                        WHERE t.digest = :digest AND s.ended_at IS NULL AND s.expires_at > %1$s AND t.expires_at > %1$s
                          AND (t.superseded_at IS NULL OR t.superseded_at > %1$s)""".formatted(time.now()))
                .bind("digest", accessTokenDigest)
                .map(row -> IdentityRows.ofToken(IdentityRows.identity(row), row))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Locks the session by {@code SELECT ... FROM auth_session WHERE id = (SELECT session_id ...) LOCK IN SHARE MODE}, which
     * waits for a concurrent change of the session. Then reads the token without a lock; under READ COMMITTED this read sees that
     * change.
     */
    @Override
    public Mono<LiveAccessToken> findIdentityLocked(String accessTokenDigest) {
        return client.sql("""
                        SELECT %s FROM auth_session
                        WHERE id = (SELECT session_id FROM access_token WHERE digest = :digest)
                          AND ended_at IS NULL AND expires_at > %s LOCK IN SHARE MODE""".formatted(IdentityRows.COLUMNS, time.now()))
                .bind("digest", accessTokenDigest)
                .map(IdentityRows::identity)
                .one()
                .flatMap(identity -> ifLive(identity, accessTokenDigest))
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<LiveAccessToken> ifLive(Identity identity, String accessTokenDigest) {
        String end = "LEAST(expires_at, COALESCE(superseded_at, expires_at))";
        return client.sql("SELECT TIMESTAMPDIFF(MICROSECOND, " + time.now() + ", " + end + ") AS remaining,"
                        + " scopes AS token_scopes, issued_at, expires_at AS token_expires_at FROM access_token WHERE digest = :digest AND "
                        + end + " > "
                        + time.now())
                .bind("digest", accessTokenDigest)
                .map(row -> new LiveAccessToken(
                        IdentityRows.ofToken(identity, row),
                        Duration.of(ColumnValues.number(row, "remaining"), ChronoUnit.MICROS)))
                .one();
    }

    @Override
    public Flux<RefreshTokenRecord> findLatestRefresh(String sessionId) {
        return refreshRows.findLatest(sessionId).onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> spendRefresh(RefreshTokenRecord spent) {
        return refreshRows.spend(spent).onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> replaceSealedSuccessor(String digest, String sealedSuccessor) {
        return refreshRows.replaceSealedSuccessor(digest, sealedSuccessor).onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> confirmDelivery(Collection<String> digests) {
        return refreshRows.confirmDelivery(digests).onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> deleteRefresh(RefreshTokenRecord token) {
        return refreshRows.delete(List.of(token.digest())).onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> deleteRefresh(String sessionId) {
        return refreshRows
                .findLatest(sessionId)
                .map(RefreshTokenRecord::digest)
                .collectList()
                .flatMap(refreshRows::delete)
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now, Instant until) {
        return findAccess(sessionId)
                .flatMapMany(tokens -> {
                    List<AccessTokenRecord> newest = select(tokens, token -> token.supersededAt() == null, until);
                    List<AccessTokenRecord> former = select(tokens, token -> token.supersededAt() != null, now);
                    List<AccessTokenRecord> passing = select(
                            tokens,
                            token -> token.supersededAt() != null
                                    && token.supersededAt().isAfter(now),
                            now);
                    return enter(unexpired(passing, now), RevocationReason.SUPERSEDED, now)
                            .then(enter(unexpired(newest, now), RevocationReason.SUPERSEDED, until))
                            .then(supersede(newest, until))
                            .then(delete(digests(former)))
                            .thenMany(Flux.fromIterable(unexpired(passing, now)))
                            .concatWith(Flux.fromIterable(unexpired(newest, now)));
                })
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant revokedAt) {
        return findAccess(sessionId)
                .flatMapMany(tokens -> {
                    List<AccessTokenRecord> revoked = unexpired(tokens, revokedAt);
                    return enterReplacedFirst(revoked, reason, revokedAt)
                            .then(delete(digests(tokens)))
                            .thenMany(Flux.fromIterable(revoked));
                })
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Adds the entries of superseded tokens, which the ledger already contains, before that of the newest token. This order
     * avoids a deadlock with the removal of expired entries: that removal may wait for the entry of the newest token, and must
     * not then hold the lock of an entry for which this transaction waits.
     */
    private Mono<Void> enterReplacedFirst(List<AccessTokenRecord> tokens, RevocationReason reason, Instant revokedAt) {
        Map<Boolean, List<AccessTokenRecord>> byReplaced =
                tokens.stream().collect(Collectors.partitioningBy(token -> token.supersededAt() != null));
        return enter(byReplaced.getOrDefault(true, List.of()), reason, revokedAt)
                .then(Mono.defer(() -> enter(byReplaced.getOrDefault(false, List.of()), reason, revokedAt)));
    }

    @Override
    public Mono<Boolean> revokeUnknown(String digest, Instant expiresAt, RevocationReason reason) {
        return ledger.enterUnknown(digest, expiresAt, reason).onErrorMap(StoreFailures::translate);
    }

    /** Emits the newest access token of the session and the latest superseded ones. */
    private Mono<List<AccessTokenRecord>> findAccess(String sessionId) {
        String rows = "SELECT * FROM access_token FORCE INDEX (access_token_of_session)" + OF_SESSION;
        return client.sql("(" + rows + " AND superseded_at IS NULL) UNION ALL (" + rows
                        + " AND superseded_at IS NOT NULL ORDER BY superseded_at DESC LIMIT " + FORMER + ")")
                .bind("sessionId", sessionId)
                .map(R2dbcTokenRepository::accessToken)
                .all()
                .collectList();
    }

    private static List<AccessTokenRecord> select(
            List<AccessTokenRecord> tokens, Predicate<AccessTokenRecord> condition, Instant supersededAt) {
        return tokens.stream()
                .filter(condition)
                .map(token -> new AccessTokenRecord(
                        token.digest(), token.sessionId(), token.userId(), token.expiresAt(), supersededAt))
                .toList();
    }

    /** Returns the tokens that have not expired, including those that a node with a slow clock still treats as unexpired. */
    private static List<AccessTokenRecord> unexpired(List<AccessTokenRecord> tokens, Instant now) {
        Instant limit = now.minus(RevokedToken.CLOCK_SKEW);
        return tokens.stream().filter(token -> token.expiresAt().isAfter(limit)).toList();
    }

    private static List<String> digests(List<AccessTokenRecord> tokens) {
        return tokens.stream().map(AccessTokenRecord::digest).toList();
    }

    private Mono<Void> enter(List<AccessTokenRecord> tokens, RevocationReason reason, Instant revokedAt) {
        return ledger.enter(digests(tokens), reason, revokedAt);
    }

    private Mono<Void> supersede(List<AccessTokenRecord> tokens, Instant until) {
        if (tokens.isEmpty()) {
            return Mono.empty();
        }
        return client.sql("UPDATE access_token t FORCE INDEX (PRIMARY) SET t.superseded_at = :until"
                        + " WHERE t.digest IN (:digests)")
                .bind("until", ColumnValues.utc(until))
                .bind("digests", digests(tokens))
                .then();
    }

    private Mono<Void> delete(List<String> digests) {
        return digests.isEmpty()
                ? Mono.empty()
                : client.sql("DELETE t FROM access_token t FORCE INDEX (PRIMARY) WHERE t.digest IN (:digests)")
                        .bind("digests", digests)
                        .then();
    }

    private static AccessTokenRecord accessToken(Readable row) {
        return new AccessTokenRecord(
                ColumnValues.text(row, "digest"),
                ColumnValues.text(row, "session_id"),
                ColumnValues.text(row, "user_id"),
                ColumnValues.instant(row, "expires_at"),
                ColumnValues.instantOrNull(row, "superseded_at"));
    }
}
