package io.portcullis.core.r2dbc;

import io.portcullis.core.client.ClientRepository;
import io.portcullis.core.client.ClientType;
import io.portcullis.core.client.GrantType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.Access.Index;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Stores clients in the table {@code oauth_client}. A look-up is by primary key. */
public final class R2dbcClientRepository implements ClientRepository {
    private static final String BY_ID = "SELECT * FROM oauth_client WHERE id = :id";
    private static final String ENABLED = "ENABLED";
    private static final Index CREATED = Index.of("oauth_client_created", "created_at", "id");

    private final DatabaseClient client;
    private final ClusterLocks locks;

    public R2dbcClientRepository(DatabaseClient client) {
        this(client, ClusterLocks.none());
    }

    /** @param locks makes the locks of clients hold in a cluster */
    public R2dbcClientRepository(DatabaseClient client, ClusterLocks locks) {
        this.client = client;
        this.locks = locks;
    }

    @Override
    public Mono<RegisteredClient> find(String id) {
        return find(BY_ID, id);
    }

    @Override
    public Mono<RegisteredClient> findForShare(String id) {
        return locked(" LOCK IN SHARE MODE", id);
    }

    @Override
    public Mono<RegisteredClient> findForUpdate(String id) {
        return locked(" FOR UPDATE", id);
    }

    private Mono<RegisteredClient> locked(String lock, String id) {
        return RegisteredClient.isId(id) ? locks.lock("client " + id).then(find(BY_ID + lock, id)) : Mono.empty();
    }

    private Mono<RegisteredClient> find(String sql, String id) {
        return RegisteredClient.isId(id)
                ? client.sql(sql)
                        .bind("id", id)
                        .map(R2dbcClientRepository::read)
                        .one()
                        .onErrorMap(StoreFailures::translate)
                : Mono.empty();
    }

    @Override
    public Mono<Void> insert(RegisteredClient registered) {
        return write("""
                INSERT INTO oauth_client (id, name, type, status, grants, scopes, roles, access_ttl_ms, refresh_ttl_ms,
                    secret_digest, previous_secret_digest, created_at)
                VALUES (:id, :name, :type, :status, :grants, :scopes, :roles, :accessTtl, :refreshTtl,
                    :secret, :previousSecret, :createdAt)""", registered)
                .bind("createdAt", ColumnValues.utc(registered.createdAt()))
                .then()
                .onErrorMap(
                        StoreFailures::isDuplicateKey,
                        e -> PortcullisException.of(ErrorCode.CONFLICT, "id: a client has this id"))
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> update(RegisteredClient registered) {
        return write("""
                UPDATE oauth_client SET name = :name, type = :type, status = :status, grants = :grants, scopes = :scopes,
                    roles = :roles, access_ttl_ms = :accessTtl, refresh_ttl_ms = :refreshTtl, secret_digest = :secret,
                    previous_secret_digest = :previousSecret
                WHERE id = :id""", registered).then().onErrorMap(StoreFailures::translate);
    }

    private DatabaseClient.GenericExecuteSpec write(String sql, RegisteredClient registered) {
        return client.sql(sql)
                .bind("id", registered.id())
                .bind("name", registered.name())
                .bind("type", registered.type().name())
                .bind("status", registered.enabled() ? ENABLED : "DISABLED")
                .bind(
                        "grants",
                        registered.grants().stream().map(Enum::name).sorted().collect(Collectors.joining(",")))
                .bind("scopes", ColumnValues.join(registered.scopes()))
                .bind("roles", ColumnValues.join(registered.roles()))
                .bind("accessTtl", millis(registered.accessTtl()))
                .bind("refreshTtl", millis(registered.refreshTtl()))
                .bind("secret", secret(registered, 0))
                .bind("previousSecret", secret(registered, 1));
    }

    @Override
    public Mono<Void> delete(String id) {
        return client.sql("DELETE FROM oauth_client WHERE id = :id")
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<RegisteredClient>> page(PageRequest request) {
        var filters = new PageFilters("oauth_client", "", CREATED);
        return new PagedSelect<>(client, filters, PageLimits.DEFAULT, request, R2dbcClientRepository::read).read();
    }

    private static Parameter millis(@Nullable Duration duration) {
        return duration == null ? Parameters.in(Long.class) : Parameters.in(duration.toMillis());
    }

    private static Parameter secret(RegisteredClient registered, int index) {
        var digests = registered.secretDigests();
        return ColumnValues.textOrNull(index < digests.size() ? digests.get(index) : null);
    }

    /** Reads a client. One of a type that this release does not know counts as disabled, and a grant that it does not know is left out. */
    private static RegisteredClient read(Readable row) {
        String type = ColumnValues.text(row, "type");
        boolean known =
                Arrays.stream(ClientType.values()).anyMatch(each -> each.name().equals(type));
        return new RegisteredClient(
                ColumnValues.text(row, "id"),
                ColumnValues.text(row, "name"),
                known ? ClientType.valueOf(type) : ClientType.CONFIDENTIAL,
                known && ENABLED.equals(ColumnValues.text(row, "status")),
                grants(ColumnValues.set(row, "grants")),
                ColumnValues.set(row, "scopes"),
                ColumnValues.set(row, "roles"),
                duration(row, "access_ttl_ms"),
                duration(row, "refresh_ttl_ms"),
                Stream.of(
                                ColumnValues.textOrNull(row, "secret_digest"),
                                ColumnValues.textOrNull(row, "previous_secret_digest"))
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList(),
                ColumnValues.instant(row, "created_at"));
    }

    private static Set<GrantType> grants(Set<String> names) {
        return Arrays.stream(GrantType.values())
                .filter(grant -> names.contains(grant.name()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static @Nullable Duration duration(Readable row, String column) {
        Long millis = row.get(column, Long.class);
        return millis == null ? null : Duration.ofMillis(millis);
    }
}
