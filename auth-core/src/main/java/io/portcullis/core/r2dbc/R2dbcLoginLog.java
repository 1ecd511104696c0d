package io.portcullis.core.r2dbc;

import io.portcullis.core.audit.FailedTries;
import io.portcullis.core.audit.LoginLog;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.session.AddressBlock;
import io.portcullis.core.transaction.Page;
import io.portcullis.core.transaction.PageRequest;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * The login log in the table {@code login_log}. {@code INSERT} only; nothing is ever changed. Text from the client is cut to
 * what the columns hold: a name too long must not make the attempt go unrecorded.
 */
public final class R2dbcLoginLog implements LoginLog {
    private static final int MAX_USERNAME = 128;
    private static final int MAX_IP = 45;
    private static final int MAX_USER_AGENT = 255;

    private final DatabaseClient client;

    public R2dbcLoginLog(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Mono<Void> append(LoginLogEntry entry) {
        String userAgent = entry.userAgent();
        return client.sql("""
                        INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, user_agent,
                            created_at, actor)
                        VALUES (:id, :type, :result, :userId, :username, :sessionId, :ip, :userAgent,
                            :createdAt, :actor)""")
                .bind("id", entry.id())
                .bind("type", entry.type().name())
                .bind("result", entry.result().name())
                .bind("userId", Columns.textOrNull(entry.userId()))
                .bind("username", Columns.cut(entry.username(), MAX_USERNAME))
                .bind("sessionId", Columns.textOrNull(entry.sessionId()))
                .bind("ip", Columns.cut(entry.ip(), MAX_IP))
                .bind(
                        "userAgent",
                        Columns.textOrNull(userAgent == null ? null : Columns.cut(userAgent, MAX_USER_AGENT)))
                .bind("createdAt", Columns.utc(entry.createdAt()))
                .bind("actor", Columns.textOrNull(entry.actor()))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<LoginLogEntry>> page(LoginLogFilter filter, PageRequest request) {
        return new Criteria()
                .andPrefix("username LIKE :username ESCAPE '!'", "username", filter.username())
                .andPrefix("ip LIKE :ip ESCAPE '!'", "ip", filter.ip())
                .and("type = :type", "type", name(filter.type(), LoginLogType::name))
                .and("result = :result", "result", name(filter.result(), Enum::name))
                .and("created_at >= :from", "from", filter.from() == null ? null : Columns.utc(filter.from()))
                .and("created_at < :to", "to", filter.to() == null ? null : Columns.utc(filter.to()))
                .page(client, "login_log", "created_at DESC, id DESC", request, R2dbcLoginLog::entry);
    }

    @Override
    public Mono<FailedTries> countFailedTries(
            @Nullable String userId, String username, AddressBlock block, Instant since) {
        return userId == null ? countOfName(username, block, since) : countOfAccount(userId, block, since);
    }

    /** Reads the rows of the window alone, by the index on user and time. */
    private Mono<FailedTries> countOfAccount(String userId, AddressBlock block, Instant since) {
        return client.sql("""
                        SELECT COUNT(*) AS in_all,
                            CAST(COALESCE(SUM(ip BETWEEN :first AND :last), 0) AS SIGNED) AS from_block
                        FROM login_log
                        WHERE user_id = :userId AND created_at >= :since AND result = 'BAD_CREDENTIALS'""")
                .bind("first", Columns.cut(block.first(), MAX_IP))
                .bind("last", Columns.cut(block.last(), MAX_IP))
                .bind("userId", userId)
                .bind("since", Columns.utc(since))
                .map(row -> new FailedTries(Columns.number(row, "from_block"), Columns.number(row, "in_all")))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<FailedTries> countOfName(String username, AddressBlock block, Instant since) {
        return client.sql("""
                        SELECT COUNT(*) AS from_block FROM login_log
                        WHERE username = :username AND ip BETWEEN :first AND :last AND result = 'BAD_CREDENTIALS'
                            AND created_at >= :since""")
                .bind("username", Columns.cut(username, MAX_USERNAME))
                .bind("first", Columns.cut(block.first(), MAX_IP))
                .bind("last", Columns.cut(block.last(), MAX_IP))
                .bind("since", Columns.utc(since))
                .map(row -> new FailedTries(Columns.number(row, "from_block"), 0))
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
                .bind("username", Columns.cut(username, MAX_USERNAME))
                .bind("first", Columns.cut(block.first(), MAX_IP))
                .bind("last", Columns.cut(block.last(), MAX_IP))
                .map(row -> true)
                .one()
                .defaultIfEmpty(false)
                .onErrorMap(StoreFailures::translate);
    }

    private static <T> @Nullable String name(@Nullable T constant, Function<T, String> nameOf) {
        return constant == null ? null : nameOf.apply(constant);
    }

    private static LoginLogEntry entry(Readable row) {
        return new LoginLogEntry(
                Columns.text(row, "id"),
                LoginLogType.ofName(Columns.text(row, "type")),
                LoginLogResult.ofName(Columns.text(row, "result")),
                Columns.textOrNull(row, "user_id"),
                Columns.text(row, "username"),
                Columns.textOrNull(row, "session_id"),
                Columns.text(row, "ip"),
                Columns.textOrNull(row, "user_agent"),
                Columns.instant(row, "created_at"),
                Columns.textOrNull(row, "actor"));
    }
}
