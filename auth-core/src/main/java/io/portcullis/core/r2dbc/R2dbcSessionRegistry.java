package io.portcullis.core.r2dbc;

import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import io.portcullis.core.session.SessionRegistry;
import io.portcullis.core.transaction.Page;
import io.portcullis.core.transaction.PageRequest;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Set;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sessions in the table {@code auth_session}. Live means {@code ended_at IS NULL AND expires_at > :now}.
 *
 * <p>{@link #findByIdForUpdate}: {@code SELECT ... WHERE id = :id FOR UPDATE}, by primary key and under READ COMMITTED, so it
 * locks that row and nothing else, also when there is none.
 */
public final class R2dbcSessionRegistry implements SessionRegistry {
    private static final String BY_ID = "SELECT * FROM auth_session WHERE id = :id";

    private final DatabaseClient client;
    private final DatabaseTime time;

    public R2dbcSessionRegistry(DatabaseClient client) {
        this(client, DatabaseTime.SERVER);
    }

    public R2dbcSessionRegistry(DatabaseClient client, DatabaseTime time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Void> insert(Session session) {
        return Mono.defer(() -> bind(session).then()).onErrorMap(StoreFailures::translate);
    }

    private DatabaseClient.GenericExecuteSpec bind(Session session) {
        return client.sql("""
                INSERT INTO auth_session (id, user_id, username, user_type, tenant_id, roles, client_id, device, ip,
                    user_agent, scopes, created_at, last_seen_at, last_ip, expires_at, ended_at, end_reason)
                VALUES (:id, :userId, :username, :userType, :tenantId, :roles, :clientId, :device, :ip,
                    :userAgent, :scopes, :createdAt, :lastSeenAt, :lastIp, :expiresAt, :endedAt, :endReason)""")
                .bind("id", session.id())
                .bind("userId", session.userId())
                .bind("username", session.username())
                .bind("userType", session.userType())
                .bind("tenantId", Columns.textOrNull(session.tenantId()))
                .bind("roles", Columns.join(session.roles()))
                .bind("clientId", Columns.textOrNull(session.client().clientId()))
                .bind("device", Columns.textOrNull(session.client().device()))
                .bind("ip", session.client().ip())
                .bind("userAgent", Columns.textOrNull(session.client().userAgent()))
                .bind("scopes", Columns.join(session.scopes()))
                .bind("createdAt", Columns.utc(session.createdAt()))
                .bind("lastSeenAt", Columns.utc(session.lastSeenAt()))
                .bind("lastIp", session.lastIp())
                .bind("expiresAt", Columns.utc(session.expiresAt()))
                .bind("endedAt", Columns.utcOrNull(session.endedAt()))
                .bind("endReason", Columns.nameOrNull(session.endReason()));
    }

    @Override
    public Mono<Session> findById(String id) {
        return find(BY_ID, id, R2dbcSessionRegistry::session);
    }

    @Override
    public Mono<LockedSession> findByIdForUpdate(String id) {
        String locking =
                "SELECT *, " + time.nowAfterLocks() + " AS locked_at FROM auth_session WHERE id = :id FOR UPDATE";
        return find(locking, id, row -> new LockedSession(session(row), Columns.instant(row, "locked_at")));
    }

    private <T> Mono<T> find(String sql, String id, Function<Readable, T> read) {
        if (!Columns.isId(id)) {
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
                        .bind("at", Columns.utc(at))
                        .bind("ip", ip)
                        .bind("username", username)
                        .bind("roles", Columns.join(roles))
                        .bind("userType", userType)
                        .bind("id", id)
                        .then())
                .onErrorMap(StoreFailures::translate);
    }

    /** A millisecond later, since an update that changes nothing is not written. */
    @Override
    public Mono<Void> confirm(String id) {
        return client.sql(
                        "UPDATE auth_session SET last_seen_at = TIMESTAMPADD(MICROSECOND, 1000, last_seen_at) WHERE id = :id")
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    /** The first end stays: {@code UPDATE ... WHERE id = :id AND ended_at IS NULL}. */
    @Override
    public Mono<Void> end(String id, Instant at, EndReason reason) {
        return client.sql("""
                        UPDATE auth_session SET ended_at = :at, end_reason = :reason
                        WHERE id = :id AND ended_at IS NULL""")
                .bind("at", Columns.utc(at))
                .bind("reason", reason.name())
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<String> findUnendedIdsByUser(String userId) {
        return client.sql("""
                        SELECT id FROM auth_session
                        WHERE user_id = :userId AND ended_at IS NULL
                        ORDER BY created_at, id""")
                .bind("userId", userId)
                .map(row -> Columns.text(row, "id"))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request) {
        return new Criteria()
                .and("ended_at IS NULL AND expires_at > :now", "now", Columns.utc(now))
                .and("user_id = :userId", "userId", filter.userId())
                .andPrefix("username LIKE :username ESCAPE '!'", "username", filter.username())
                .andPrefix("(ip LIKE :ip ESCAPE '!' OR last_ip LIKE :ip ESCAPE '!')", "ip", filter.ip())
                .andPrefix("device LIKE :device ESCAPE '!'", "device", filter.device())
                .page(client, "auth_session", "created_at DESC, id DESC", request, R2dbcSessionRegistry::session);
    }

    private static Session session(Readable row) {
        String endReason = Columns.textOrNull(row, "end_reason");
        return new Session(
                Columns.text(row, "id"),
                Columns.text(row, "user_id"),
                Columns.text(row, "username"),
                Columns.text(row, "user_type"),
                Columns.textOrNull(row, "tenant_id"),
                Columns.set(row, "roles"),
                new ClientInfo(
                        Columns.text(row, "ip"),
                        Columns.textOrNull(row, "user_agent"),
                        Columns.textOrNull(row, "device"),
                        Columns.textOrNull(row, "client_id")),
                Columns.set(row, "scopes"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "last_seen_at"),
                Columns.text(row, "last_ip"),
                Columns.instant(row, "expires_at"),
                Columns.instantOrNull(row, "ended_at"),
                endReason == null ? null : EndReason.ofName(endReason));
    }
}
