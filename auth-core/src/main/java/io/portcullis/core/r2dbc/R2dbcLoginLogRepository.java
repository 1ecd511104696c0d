package io.portcullis.core.r2dbc;

import io.portcullis.core.audit.FailedAttempts;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.AddressBlock;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Stores the login log in the table {@code login_log}, by {@code INSERT} only; no row is ever updated. Text from the client is
 * truncated to the length of its column, so that an overlong name does not prevent the record of the attempt.
 */
public final class R2dbcLoginLogRepository implements LoginLogRepository {
    private static final int MAX_USERNAME = 128;
    private static final int MAX_IP = 45;
    private static final int MAX_USER_AGENT = 255;
    private static final int MAX_DETAIL = 1_200;

    private final DatabaseClient client;

    public R2dbcLoginLogRepository(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Mono<Void> append(LoginLogEntry entry) {
        String userAgent = entry.userAgent();
        String detail = entry.detail();
        return client.sql("""
                        INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, user_agent,
                            created_at, actor, detail)
                        VALUES (:id, :type, :result, :userId, :username, :sessionId, :ip, :userAgent,
                            :createdAt, :actor, :detail)""")
                .bind("id", entry.id())
                .bind("type", entry.type().name())
                .bind("result", entry.result().name())
                .bind("userId", ColumnValues.textOrNull(entry.userId()))
                .bind("username", ColumnValues.cut(entry.username(), MAX_USERNAME))
                .bind("sessionId", ColumnValues.textOrNull(entry.sessionId()))
                .bind("ip", ColumnValues.cut(entry.ip(), MAX_IP))
                .bind(
                        "userAgent",
                        ColumnValues.textOrNull(userAgent == null ? null : ColumnValues.cut(userAgent, MAX_USER_AGENT)))
                .bind("createdAt", ColumnValues.utc(entry.createdAt()))
                .bind("actor", ColumnValues.textOrNull(entry.actor()))
                .bind("detail", ColumnValues.textOrNull(detail == null ? null : ColumnValues.cut(detail, MAX_DETAIL)))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<LoginLogEntry>> page(LoginLogFilter filter, PageRequest request) {
        Criteria criteria = new Criteria()
                .andPrefix("username LIKE :username ESCAPE '!'", "username", filter.username())
                .andPrefix("ip LIKE :ip ESCAPE '!'", "ip", filter.ip());
        return withResult(withType(criteria, filter.type()), filter.result())
                .and("created_at >= :from", "from", filter.from() == null ? null : ColumnValues.utc(filter.from()))
                .and("created_at < :to", "to", filter.to() == null ? null : ColumnValues.utc(filter.to()))
                .page(client, "login_log", "created_at DESC, id DESC", request, R2dbcLoginLogRepository::entry);
    }

    @Override
    public Mono<FailedAttempts> countFailedAttempts(
            @Nullable String userId, String username, AddressBlock block, Instant since) {
        return userId == null ? countOfName(username, block, since) : countOfAccount(userId, block, since);
    }

    /** Counts by the index on user and time, which reads only the rows of the window. */
    private Mono<FailedAttempts> countOfAccount(String userId, AddressBlock block, Instant since) {
        return client.sql("""
                        SELECT COUNT(*) AS in_all,
                            CAST(COALESCE(SUM(ip BETWEEN :first AND :last), 0) AS SIGNED) AS from_block
                        FROM login_log
                        WHERE user_id = :userId AND created_at >= :since AND result = 'BAD_CREDENTIALS'""")
                .bind("first", ColumnValues.cut(block.first(), MAX_IP))
                .bind("last", ColumnValues.cut(block.last(), MAX_IP))
                .bind("userId", userId)
                .bind("since", ColumnValues.utc(since))
                .map(row ->
                        new FailedAttempts(ColumnValues.number(row, "from_block"), ColumnValues.number(row, "in_all")))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<FailedAttempts> countOfName(String username, AddressBlock block, Instant since) {
        return client.sql("""
                        SELECT COUNT(*) AS from_block FROM login_log
                        WHERE username = :username AND ip BETWEEN :first AND :last AND result = 'BAD_CREDENTIALS'
                            AND created_at >= :since""")
                .bind("username", ColumnValues.cut(username, MAX_USERNAME))
                .bind("first", ColumnValues.cut(block.first(), MAX_IP))
                .bind("last", ColumnValues.cut(block.last(), MAX_IP))
                .bind("since", ColumnValues.utc(since))
                .map(row -> new FailedAttempts(ColumnValues.number(row, "from_block"), 0))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Boolean> hasLoggedInFrom(String username, AddressBlock block) {
        return client.sql("""
                        SELECT 1 AS found FROM login_log
                        WHERE username = :username AND ip BETWEEN :first AND :last AND result = 'SUCCESS'
                            AND type = 'LOGIN'
                        LIMIT 1""")
                .bind("username", ColumnValues.cut(username, MAX_USERNAME))
                .bind("first", ColumnValues.cut(block.first(), MAX_IP))
                .bind("last", ColumnValues.cut(block.last(), MAX_IP))
                .map(row -> true)
                .one()
                .defaultIfEmpty(false)
                .onErrorMap(StoreFailures::translate);
    }

    /** Adds a condition on the type. {@code OTHER} matches what {@link LoginLogType#ofName} reads as {@code OTHER}. */
    private static Criteria withType(Criteria criteria, @Nullable LoginLogType type) {
        return type == LoginLogType.OTHER
                ? criteria.andNotIn(
                        "type",
                        LoginLogType.known().stream().map(LoginLogType::name).toList())
                : criteria.and("type = :type", "type", type == null ? null : type.name());
    }

    /** Adds a condition on the result, as {@link #withType} does. */
    private static Criteria withResult(Criteria criteria, @Nullable LoginLogResult result) {
        return result == LoginLogResult.OTHER
                ? criteria.andNotIn(
                        "result",
                        LoginLogResult.known().stream().map(Enum::name).toList())
                : criteria.and("result = :result", "result", result == null ? null : result.name());
    }

    private static LoginLogEntry entry(Readable row) {
        return new LoginLogEntry(
                ColumnValues.text(row, "id"),
                LoginLogType.ofName(ColumnValues.text(row, "type")),
                LoginLogResult.ofName(ColumnValues.text(row, "result")),
                ColumnValues.textOrNull(row, "user_id"),
                ColumnValues.text(row, "username"),
                ColumnValues.textOrNull(row, "session_id"),
                ColumnValues.text(row, "ip"),
                ColumnValues.textOrNull(row, "user_agent"),
                ColumnValues.instant(row, "created_at"),
                ColumnValues.textOrNull(row, "actor"),
                ColumnValues.textOrNull(row, "detail"));
    }
}
