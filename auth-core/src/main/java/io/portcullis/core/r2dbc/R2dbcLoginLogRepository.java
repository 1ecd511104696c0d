package io.portcullis.core.r2dbc;

import io.portcullis.core.audit.FailedAttempts;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.paging.Counted;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.Access.Index;
import io.portcullis.core.r2dbc.Access.Range;
import io.portcullis.core.session.AddressBlock;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
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

    private static final Index BY_TIME =
            Index.of("login_log_created", "created_at", "id", "username", "ip", "type", "result");
    private static final Index BY_TENANT =
            Index.of("login_log_tenant", "tenant_id", "created_at", "id", "username", "ip", "type", "result");
    private static final Index BY_SESSION = Index.of("login_log_session", "session_id", "created_at", "id");
    private static final Index BY_USER = Index.of("login_log_user", "user_id", "created_at", "id");
    private static final Index BY_USERNAME =
            Index.of("login_log_tries", "username", "ip", "result", "created_at", "id");
    private static final Index BY_IP = Index.of("login_log_ip", "ip", "created_at", "id");
    private static final Index BY_TYPE = Index.of("login_log_type", "type", "result", "created_at", "id");

    private final DatabaseClient client;
    private final PageLimits limits;

    public R2dbcLoginLogRepository(DatabaseClient client) {
        this(client, PageLimits.DEFAULT);
    }

    R2dbcLoginLogRepository(DatabaseClient client, PageLimits limits) {
        this.client = client;
        this.limits = limits;
    }

    @Override
    public Mono<Void> append(LoginLogEntry entry) {
        String userAgent = entry.userAgent();
        String detail = entry.detail();
        return client.sql("""
                        INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, user_agent,
                            created_at, actor, detail, tenant_id)
                        VALUES (:id, :type, :result, :userId, :username, :sessionId, :ip, :userAgent,
                            :createdAt, :actor, :detail, :tenantId)""")
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
                .bind("tenantId", ColumnValues.textOrNull(entry.tenantId()))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<LoginLogEntry>> page(LoginLogFilter filter, PageRequest request) {
        PageFilters filters = filters(filter);
        if (filter.type() == null && filter.result() == null) {
            return page(filters, request);
        }
        return kinds().filter(kind -> kind.matches(filter))
                .collectList()
                .flatMap(kinds -> kinds.isEmpty()
                        ? Mono.just(new Page<>(List.of(), new Counted(0, false), null))
                        : page(withKinds(filters, kinds), request));
    }

    private Mono<Page<LoginLogEntry>> page(PageFilters filters, PageRequest request) {
        return new PagedSelect<>(client, filters, limits, request, R2dbcLoginLogRepository::entry).read();
    }

    private static PageFilters filters(LoginLogFilter filter) {
        return new PageFilters("login_log", "", BY_TIME)
                .between(filter.from(), filter.to())
                .equal("tenant_id", filter.tenants().tenantId(), BY_TENANT)
                .equal("session_id", filter.sessionId(), BY_SESSION)
                .equal("user_id", filter.userId(), BY_USER)
                .prefix("username", filter.username(), BY_USERNAME)
                .address("ip", filter.ip(), BY_IP);
    }

    /** Emits the pairs of type and result that occur in the log. The index skips from one to the next. */
    private Flux<Kind> kinds() {
        return client.sql("SELECT type, result FROM login_log FORCE INDEX (login_log_type) GROUP BY type, result")
                .map(row -> new Kind(ColumnValues.text(row, "type"), ColumnValues.text(row, "result")))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    /** Adds a filter for the kinds. Within each the index is ordered by time. */
    private static PageFilters withKinds(PageFilters filters, List<Kind> kinds) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            filters.bind("type" + i, kinds.get(i).type());
            filters.bind("result" + i, kinds.get(i).result());
            ranges.add(Range.of(BY_TYPE, "type = :type%d AND result = :result%d".formatted(i, i)));
        }
        String any = ranges.stream().map(Range::condition).collect(Collectors.joining(" OR ", "(", ")"));
        return filters.add(any, Set.of("type", "result"), Access.ordered(ranges));
    }

    /** A type and a result, as they are stored. */
    private record Kind(String type, String result) {
        boolean matches(LoginLogFilter filter) {
            return (filter.type() == null || filter.type() == LoginLogType.ofName(type))
                    && (filter.result() == null || filter.result() == LoginLogResult.ofName(result));
        }
    }

    @Override
    public Mono<FailedAttempts> countFailedAttempts(
            @Nullable String userId, String username, @Nullable String tenantId, AddressBlock block, Instant since) {
        return userId == null ? countOfName(username, tenantId, block, since) : countOfAccount(userId, block, since);
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

    private Mono<FailedAttempts> countOfName(
            String username, @Nullable String tenantId, AddressBlock block, Instant since) {
        return client.sql("""
                        SELECT COUNT(*) AS from_block FROM login_log
                        WHERE username = :username AND ip BETWEEN :first AND :last AND result = 'BAD_CREDENTIALS'
                            AND created_at >= :since AND tenant_id <=> :tenantId""")
                .bind("username", ColumnValues.cut(username, MAX_USERNAME))
                .bind("tenantId", ColumnValues.textOrNull(tenantId))
                .bind("first", ColumnValues.cut(block.first(), MAX_IP))
                .bind("last", ColumnValues.cut(block.last(), MAX_IP))
                .bind("since", ColumnValues.utc(since))
                .map(row -> new FailedAttempts(ColumnValues.number(row, "from_block"), 0))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Boolean> hasLoggedInFrom(String username, @Nullable String tenantId, AddressBlock block) {
        return client.sql("""
                        SELECT 1 AS found FROM login_log
                        WHERE username = :username AND ip BETWEEN :first AND :last AND result = 'SUCCESS'
                            AND type = 'LOGIN' AND tenant_id <=> :tenantId
                        LIMIT 1""")
                .bind("tenantId", ColumnValues.textOrNull(tenantId))
                .bind("username", ColumnValues.cut(username, MAX_USERNAME))
                .bind("first", ColumnValues.cut(block.first(), MAX_IP))
                .bind("last", ColumnValues.cut(block.last(), MAX_IP))
                .map(row -> true)
                .one()
                .defaultIfEmpty(false)
                .onErrorMap(StoreFailures::translate);
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
                ColumnValues.textOrNull(row, "detail"),
                ColumnValues.textOrNull(row, "tenant_id"));
    }
}
