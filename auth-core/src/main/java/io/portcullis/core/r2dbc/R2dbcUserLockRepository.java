package io.portcullis.core.r2dbc;

import io.portcullis.core.session.UserLockRepository;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores the locks of users in the table {@code user_lock}. The lock is an update by primary key, which takes no gap lock under READ
 * COMMITTED, also if the row is absent. The janitor may remove a row that is not locked; a transaction that waited for the removal
 * finds no row, and inserts a new one like a user without a row.
 */
public final class R2dbcUserLockRepository implements UserLockRepository {
    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a repository that uses the database's clock. */
    public R2dbcUserLockRepository(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a repository with another source of the current time, for tests. */
    public R2dbcUserLockRepository(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Boolean> lock(String userId) {
        return client.sql("UPDATE user_lock SET uses = uses + 1 WHERE user_id = :userId")
                .bind("userId", userId)
                .fetch()
                .rowsUpdated()
                .map(updated -> updated > 0)
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * The update of an existing row locks it exclusively, where {@code INSERT IGNORE} would take a share lock, with which concurrent
     * insertions deadlock.
     */
    @Override
    public Mono<Void> create(String userId) {
        return Mono.defer(() -> client.sql("INSERT INTO user_lock (user_id, uses, created_at) VALUES (:userId, 0, "
                                + time.now() + ") ON DUPLICATE KEY UPDATE uses = uses + 1")
                        .bind("userId", userId)
                        .then())
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<String> findLive(String userId, int limit) {
        return Flux.defer(() -> ids(client.sql(liveSessions("")), userId, limit));
    }

    @Override
    public Flux<String> findLiveOnDevice(String userId, String deviceType, int limit) {
        return Flux.defer(() -> ids(
                client.sql(liveSessions(" AND LOWER(COALESCE(s.device_type, s.device)) = :type"))
                        .bind("type", deviceType),
                userId,
                limit));
    }

    /** The time of the refresh token is a scalar subquery, which the optimizer evaluates by session and not by a range of tokens. */
    private String liveSessions(String condition) {
        return """
                SELECT s.id FROM auth_session s
                WHERE s.user_id = :userId AND s.ended_at IS NULL AND s.expires_at > %1$s
                  AND (SELECT MAX(r.expires_at) FROM refresh_token r
                       WHERE r.session_id = s.id AND r.used_at IS NULL) > %1$s%2$s
                ORDER BY s.created_at, s.id LIMIT :limit""".formatted(time.now(), condition);
    }

    private static Flux<String> ids(DatabaseClient.GenericExecuteSpec select, String userId, int limit) {
        return select.bind("userId", userId)
                .bind("limit", limit)
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .onErrorMap(StoreFailures::translate);
    }
}
