package io.portcullis.core.r2dbc;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.Access.Index;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import io.portcullis.core.session.SessionRepository;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores sessions in the table {@code auth_session}. A session is live if {@code ended_at IS NULL AND expires_at > :now}.
 *
 * <p>{@link #findByIdForUpdate} is {@code SELECT ... WHERE id = :id FOR UPDATE}, by primary key and under READ COMMITTED. It
 * locks that row only, and takes no gap lock if the row does not exist.
 */
public final class R2dbcSessionRepository implements SessionRepository {
    private static final String BY_ID = "SELECT * FROM auth_session WHERE id = :id";

    private static final Index LIVE = Index.of(
            "auth_session_live",
            "ended_at",
            "created_at",
            "id",
            "expires_at",
            "user_id",
            "username",
            "ip",
            "last_ip",
            "device");
    private static final Index LIVE_USERNAME = live("username");
    private static final Index LIVE_IP = live("ip");
    private static final Index LIVE_LAST_IP = live("last_ip");
    private static final Index LIVE_DEVICE = live("device");
    private static final Index LIVE_TENANT = new Index(
            "auth_session_live_tenant",
            Stream.concat(LIVE.columns().stream(), Stream.of("tenant_id")).collect(Collectors.toUnmodifiableSet()));
    private static final Index BY_USER =
            Index.of("auth_session_user", "user_id", "ended_at", "created_at", "id", "expires_at");

    private final DatabaseClient client;
    private final CurrentTimeSql time;
    private final PageLimits limits;

    /** Creates a repository that uses the database's clock. */
    public R2dbcSessionRepository(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a repository with another source of the current time, for tests. */
    public R2dbcSessionRepository(DatabaseClient client, CurrentTimeSql time) {
        this(client, time, PageLimits.DEFAULT);
    }

    R2dbcSessionRepository(DatabaseClient client, CurrentTimeSql time, PageLimits limits) {
        this.client = client;
        this.time = time;
        this.limits = limits;
    }

    private static Index live(String column) {
        return Index.of("auth_session_live_" + column, "ended_at", column, "created_at", "expires_at", "id");
    }

    @Override
    public Mono<Void> insert(Session session) {
        return Mono.defer(() -> bind(session).then()).onErrorMap(StoreFailures::translate);
    }

    private DatabaseClient.GenericExecuteSpec bind(Session session) {
        return client.sql("""
                INSERT INTO auth_session (id, user_id, username, user_type, tenant_id, roles, client_id, device, ip,
                    user_agent, scopes, created_at, last_seen_at, last_ip, expires_at, ended_at, end_reason,
                    login_service, device_type)
                VALUES (:id, :userId, :username, :userType, :tenantId, :roles, :clientId, :device, :ip,
                    :userAgent, :scopes, :createdAt, :lastSeenAt, :lastIp, :expiresAt, :endedAt, :endReason,
                    :loginService, :deviceType)""")
                .bind("id", session.id())
                .bind("userId", session.userId())
                .bind("username", session.username())
                .bind("userType", session.userType())
                .bind("tenantId", ColumnValues.textOrNull(session.tenantId()))
                .bind("roles", ColumnValues.join(session.roles()))
                .bind("clientId", ColumnValues.textOrNull(session.client().clientId()))
                .bind("device", ColumnValues.textOrNull(session.client().device()))
                .bind("ip", session.client().ip())
                .bind("userAgent", ColumnValues.textOrNull(session.client().userAgent()))
                .bind("scopes", ColumnValues.join(session.scopes()))
                .bind("createdAt", ColumnValues.utc(session.createdAt()))
                .bind("lastSeenAt", ColumnValues.utc(session.lastSeenAt()))
                .bind("lastIp", session.lastIp())
                .bind("expiresAt", ColumnValues.utc(session.expiresAt()))
                .bind("endedAt", ColumnValues.utcOrNull(session.endedAt()))
                .bind("endReason", ColumnValues.nameOrNull(session.endReason()))
                .bind("loginService", ColumnValues.textOrNull(session.loginService()))
                .bind("deviceType", ColumnValues.textOrNull(session.client().deviceType()));
    }

    @Override
    public Mono<Session> findById(String id) {
        return find(BY_ID, id, R2dbcSessionRepository::session);
    }

    @Override
    public Mono<LockedSession> findByIdForUpdate(String id) {
        String locking =
                "SELECT *, " + time.nowAfterLocks() + " AS locked_at FROM auth_session WHERE id = :id FOR UPDATE";
        return find(locking, id, row -> new LockedSession(session(row), ColumnValues.instant(row, "locked_at")));
    }

    private <T> Mono<T> find(String sql, String id, Function<Readable, T> read) {
        if (!ColumnValues.isId(id)) {
            return Mono.empty();
        }
        return client.sql(sql).bind("id", id).map(read).one().onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType) {
        return Mono.defer(() -> client.sql("""
                        UPDATE auth_session SET last_seen_at = :at, last_ip = :ip, username = :username, roles = :roles,
                            user_type = :userType
                        WHERE id = :id""")
                        .bind("at", ColumnValues.utc(at))
                        .bind("ip", ip)
                        .bind("username", username)
                        .bind("roles", ColumnValues.join(roles))
                        .bind("userType", userType)
                        .bind("id", id)
                        .then())
                .onErrorMap(StoreFailures::translate);
    }

    /** Moves {@code last_seen_at} by 1 ms, because the server does not write an update that changes no value. */
    @Override
    public Mono<Void> forceDurableCommit(String id) {
        return client.sql(
                        "UPDATE auth_session SET last_seen_at = TIMESTAMPADD(MICROSECOND, 1000, last_seen_at) WHERE id = :id")
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    /** Keeps the first end of the session, by {@code UPDATE ... WHERE id = :id AND ended_at IS NULL}. */
    @Override
    public Mono<Void> end(String id, Instant at, EndReason reason) {
        return client.sql("""
                        UPDATE auth_session SET ended_at = :at, end_reason = :reason
                        WHERE id = :id AND ended_at IS NULL""")
                .bind("at", ColumnValues.utc(at))
                .bind("reason", reason.name())
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<String> findUnendedIdsByUser(String userId, TenantScope tenants) {
        String sql = """
                SELECT id FROM auth_session
                WHERE user_id = :userId AND ended_at IS NULL%s
                ORDER BY created_at, id""".formatted(ScopeSql.condition(tenants));
        return ScopeSql.bind(client.sql(sql).bind("userId", userId), tenants)
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request) {
        return new PagedSelect<>(client, filters(filter, now), limits, request, R2dbcSessionRepository::session).read();
    }

    private static PageFilters filters(SessionFilter filter, Instant now) {
        return new PageFilters("auth_session", "ended_at IS NULL", LIVE)
                .where("expires_at > :now", "expires_at", "now", ColumnValues.utc(now))
                .equal("tenant_id", filter.tenants().tenantId(), LIVE_TENANT)
                .equal("user_id", filter.userId(), BY_USER)
                .prefix("username", filter.username(), LIVE_USERNAME)
                .addressInEither("ip", LIVE_IP, "last_ip", LIVE_LAST_IP, filter.ip())
                .prefix("device", filter.device(), LIVE_DEVICE);
    }

    @Override
    public Mono<List<Session>> listLiveByUser(String userId, TenantScope tenants, Instant now) {
        String sql = """
                SELECT * FROM auth_session FORCE INDEX (auth_session_user)
                WHERE user_id = :userId AND ended_at IS NULL AND expires_at > :now%s
                ORDER BY created_at DESC, id DESC LIMIT %d""".formatted(ScopeSql.condition(tenants), MAX_LISTED);
        return ScopeSql.bind(client.sql(sql).bind("userId", userId), tenants)
                .bind("now", ColumnValues.utc(now))
                .map(R2dbcSessionRepository::session)
                .all()
                .collectList()
                .onErrorMap(StoreFailures::translate);
    }

    private static Session session(Readable row) {
        String endReason = ColumnValues.textOrNull(row, "end_reason");
        return new Session(
                ColumnValues.text(row, "id"),
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "username"),
                ColumnValues.text(row, "user_type"),
                ColumnValues.textOrNull(row, "tenant_id"),
                ColumnValues.set(row, "roles"),
                new ClientInfo(
                        ColumnValues.text(row, "ip"),
                        ColumnValues.textOrNull(row, "user_agent"),
                        ColumnValues.textOrNull(row, "device"),
                        ColumnValues.textOrNull(row, "client_id"),
                        ColumnValues.textOrNull(row, "device_type")),
                ColumnValues.set(row, "scopes"),
                ColumnValues.instant(row, "created_at"),
                ColumnValues.instant(row, "last_seen_at"),
                ColumnValues.text(row, "last_ip"),
                ColumnValues.instant(row, "expires_at"),
                ColumnValues.instantOrNull(row, "ended_at"),
                endReason == null ? null : EndReason.ofName(endReason),
                ColumnValues.textOrNull(row, "login_service"));
    }
}
