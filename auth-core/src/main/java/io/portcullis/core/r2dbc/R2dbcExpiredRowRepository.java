package io.portcullis.core.r2dbc;

import io.portcullis.core.retention.ExpiredRowRepository;
import io.portcullis.core.retention.RetentionKind;
import io.portcullis.core.session.Session;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds expired rows by reads along an index, which take no locks, and removes them by primary key.
 *
 * <p>Tokens are removed under the lock of their session's row, like every change of a session. Without this lock, a removal could
 * deadlock with a refresh or logout that locks the same tokens in another order. Sessions that are already locked are skipped
 * ({@code FOR UPDATE SKIP LOCKED}). A removal of tokens therefore never waits for a login, refresh or logout, and these wait for at
 * most one batch. The same holds for the locks of users. A removal of ended sessions or ledger entries may wait for a logout.
 */
public final class R2dbcExpiredRowRepository implements ExpiredRowRepository {
    private static final String NO_SESSION = "'' AS session_id";

    private final DatabaseClient client;

    public R2dbcExpiredRowRepository(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Mono<Long> remove(RetentionKind kind, Instant before, int limit) {
        return switch (kind) {
            case TOKEN_USE -> removeByTime("token_use", "last_seen_at", before, limit);
            case NODE_SAMPLE -> removeByTime("node_sample", "sampled_at", before, limit);
            case SESSION_SAMPLE -> removeByTime("session_sample", "sampled_at", before, limit);
            default -> removeById(kind, before, limit);
        };
    }

    private Mono<Long> removeById(RetentionKind kind, Instant before, int limit) {
        return find(kind, before, limit)
                .flatMap(found -> found.isEmpty()
                        ? Mono.just(0L)
                        : kind == RetentionKind.USER_LOCK
                                ? idleUsers(found).flatMap(idle -> remove(kind, idle))
                                : busySessions(found).flatMap(busy -> remove(kind, withoutBusy(found, busy))))
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Removes rows by a range of the index on time, because they have no id. No other transaction changes rows that are this old.
     */
    private Mono<Long> removeByTime(String table, String time, Instant before, int limit) {
        return client.sql("DELETE FROM %1$s WHERE %2$s < :before ORDER BY %2$s LIMIT :limit".formatted(table, time))
                .bind("before", ColumnValues.utc(before))
                .bind("limit", limit)
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<List<Key>> find(RetentionKind kind, Instant before, int limit) {
        return client.sql(selectOf(kind) + " LIMIT :limit")
                .bind("before", ColumnValues.utc(before))
                .bind("limit", limit)
                .map(Key::of)
                .all()
                .collectList();
    }

    private static String selectOf(RetentionKind kind) {
        return switch (kind) {
            case ACCESS_TOKEN -> """
                SELECT digest AS id, session_id FROM access_token FORCE INDEX (access_token_superseded)
                WHERE superseded_at < :before AND expires_at < :before ORDER BY superseded_at""";
            case REFRESH_TOKEN -> """
                SELECT digest AS id, session_id FROM refresh_token FORCE INDEX (refresh_token_expiry)
                WHERE expires_at < :before ORDER BY expires_at""";
            case SEALED_SUCCESSOR -> """
                SELECT digest AS id, session_id FROM refresh_token FORCE INDEX (refresh_token_sealed)
                WHERE sealed_successor IS NOT NULL AND used_at < :before AND NOT undelivered""";
            case REVOKED_TOKEN ->
                "SELECT digest AS id, " + NO_SESSION
                        + " FROM revoked_token FORCE INDEX (revoked_token_expiry)"
                        + " WHERE expires_at < :before ORDER BY expires_at";
            case TICKET ->
                "SELECT digest AS id, " + NO_SESSION + " FROM auth_ticket FORCE INDEX (auth_ticket_expiry)"
                        + " WHERE expires_at < :before ORDER BY expires_at";
            case IMPORTED_TOKEN ->
                "SELECT digest AS id, " + NO_SESSION
                        + " FROM imported_token FORCE INDEX (imported_token_expiry)"
                        + " WHERE expires_at < :before ORDER BY expires_at";
            case USER_LOCK ->
                "SELECT user_id AS id, " + NO_SESSION + " FROM user_lock FORCE INDEX (user_lock_created)"
                        + " WHERE created_at < :before ORDER BY created_at";
            case ENDED_SESSION ->
                "SELECT id, " + NO_SESSION + " FROM auth_session FORCE INDEX (auth_session_expiry)"
                        + " WHERE ended_at < :before ORDER BY ended_at";
            case DEAD_EVENT ->
                "SELECT id, " + NO_SESSION + " FROM session_event FORCE INDEX (session_event_state)"
                        + " WHERE state = 'DEAD' AND created_at < :before ORDER BY created_at";
            case LOGIN_LOG ->
                "SELECT id, " + NO_SESSION + " FROM login_log FORCE INDEX (login_log_created)"
                        + " WHERE created_at < :before ORDER BY created_at";
            case TOKEN_USE, NODE_SAMPLE, SESSION_SAMPLE ->
                throw new IllegalArgumentException("kind: " + kind + " (expected: a kind with an id)");
        };
    }

    /** Locks the sessions of these rows and emits the ids of those that another transaction has locked. */
    private Mono<Set<String>> busySessions(List<Key> found) {
        Set<String> ids = found.stream()
                .map(Key::sessionId)
                .filter(id -> !id.isEmpty())
                .collect(Collectors.toCollection(HashSet::new));
        if (ids.isEmpty()) {
            return Mono.just(ids);
        }
        Mono<Set<String>> existing = ids("SELECT id FROM auth_session WHERE id IN (:ids)", ids);
        Mono<Set<String>> locked =
                ids("SELECT id FROM auth_session FORCE INDEX (PRIMARY) WHERE id IN (:ids) FOR UPDATE SKIP LOCKED", ids);
        return existing.delayUntil(all -> locked.doOnNext(all::removeAll));
    }

    /** Locks the rows of these users and emits the ids of those that no login has locked. */
    private Mono<Set<String>> idleUsers(List<Key> found) {
        return ids(
                "SELECT user_id AS id FROM user_lock FORCE INDEX (PRIMARY) WHERE user_id IN (:ids) FOR UPDATE SKIP LOCKED",
                found.stream().map(Key::id).collect(Collectors.toSet()));
    }

    private Mono<Set<String>> ids(String sql, Set<String> ids) {
        return client.sql(sql)
                .bind("ids", ids)
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static List<String> withoutBusy(List<Key> found, Set<String> busy) {
        return found.stream()
                .filter(key -> !busy.contains(key.sessionId()))
                .map(Key::id)
                .sorted()
                .toList();
    }

    private Mono<Long> remove(RetentionKind kind, Collection<String> ids) {
        if (ids.isEmpty()) {
            return Mono.just(0L);
        }
        return client.sql(removalOf(kind)).bind("ids", ids).fetch().rowsUpdated();
    }

    /**
     * Returns the statement. It uses an alias, because only that form of DELETE accepts an index hint. A scan would lock other
     * rows.
     */
    private static String removalOf(RetentionKind kind) {
        String byDigest = " FORCE INDEX (PRIMARY) WHERE t.digest IN (:ids)";
        String byId = " FORCE INDEX (PRIMARY) WHERE t.id IN (:ids)";
        return switch (kind) {
            case ACCESS_TOKEN -> "DELETE t FROM access_token t" + byDigest;
            case REFRESH_TOKEN -> "DELETE t FROM refresh_token t" + byDigest;
            case SEALED_SUCCESSOR ->
                "UPDATE refresh_token t FORCE INDEX (PRIMARY) SET t.sealed_successor = NULL"
                        + " WHERE t.digest IN (:ids) AND t.sealed_successor IS NOT NULL AND NOT t.undelivered";
            case REVOKED_TOKEN -> "DELETE t FROM revoked_token t" + byDigest;
            case TICKET -> "DELETE t FROM auth_ticket t" + byDigest;
            case IMPORTED_TOKEN -> "DELETE t FROM imported_token t" + byDigest;
            case USER_LOCK -> "DELETE t FROM user_lock t FORCE INDEX (PRIMARY) WHERE t.user_id IN (:ids)";
            case ENDED_SESSION -> "DELETE t FROM auth_session t" + byId;
            case DEAD_EVENT -> "DELETE t FROM session_event t" + byId + " AND t.state = 'DEAD'";
            case LOGIN_LOG -> "DELETE t FROM login_log t" + byId;
            case TOKEN_USE, NODE_SAMPLE, SESSION_SAMPLE ->
                throw new IllegalArgumentException("kind: " + kind + " (expected: a kind with an id)");
        };
    }

    /**
     * Finds sessions past their absolute expiry, and those whose live refresh token has expired. Each session has only one
     * unspent refresh token, its latest.
     */
    @Override
    public Flux<String> findExpiredSessions(Instant before, int limit) {
        return client.sql("""
                        (SELECT id FROM auth_session FORCE INDEX (auth_session_expiry)
                         WHERE ended_at IS NULL AND expires_at < :before ORDER BY expires_at LIMIT :limit)
                        UNION
                        (SELECT session_id FROM refresh_token FORCE INDEX (refresh_token_unspent)
                         WHERE used_at IS NULL AND expires_at < :before ORDER BY expires_at LIMIT :limit)
                        LIMIT :limit""")
                .bind("before", ColumnValues.utc(before))
                .bind("limit", limit)
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Session> ifExpired(Session session, Instant before) {
        if (session.expiresAt().isBefore(before)) {
            return Mono.just(session);
        }
        return client.sql("""
                        SELECT expires_at FROM refresh_token FORCE INDEX (refresh_token_generation)
                        WHERE session_id = :sessionId ORDER BY generation DESC LIMIT 1""")
                .bind("sessionId", session.id())
                .map(row -> ColumnValues.instant(row, "expires_at"))
                .one()
                .defaultIfEmpty(Instant.MIN)
                .filter(expiresAt -> expiresAt.isBefore(before))
                .map(expired -> session)
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Identifies a row to remove.
     *
     * @param sessionId the session of a token; empty for other rows
     */
    private record Key(String id, String sessionId) {
        static Key of(Readable row) {
            return new Key(ColumnValues.text(row, "id"), ColumnValues.text(row, "session_id"));
        }
    }
}
