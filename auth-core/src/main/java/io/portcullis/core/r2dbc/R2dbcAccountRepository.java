package io.portcullis.core.r2dbc;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.Access.Index;
import io.r2dbc.spi.Readable;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores accounts in the table {@code account}.
 *
 * <p>A look-up is {@code SELECT ... WHERE username = :username [LOCK IN SHARE MODE]}. This is the older syntax of the share lock,
 * because MariaDB has no {@code FOR SHARE}. The name of the row is compared again in Java, because the collation ignores trailing
 * spaces.
 *
 * <p>{@link #insertFirst} locks the row {@code first-account} of the table {@code lease} by an update before it counts, so that
 * concurrent nodes create at most one first account. {@link #countOtherEnabledForUpdate} locks the row
 * {@code account-roles} in the same way.
 */
public final class R2dbcAccountRepository implements AccountRepository {
    private static final Logger log = LoggerFactory.getLogger(R2dbcAccountRepository.class);

    private static final String BY_USERNAME = "SELECT * FROM account WHERE username = :username";

    private static final String BY_ID = "SELECT * FROM account WHERE id = :id";

    private static final String LOCK = "INSERT INTO lease (name, holder, expires_at)"
            + " VALUES (:name, '', UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE expires_at = UTC_TIMESTAMP(3)";

    private static final Index CREATED = Index.of("account_created", "created_at", "id");
    private static final Index TENANT = Index.of("account_tenant", "tenant_id", "created_at", "id", "username");
    private static final Index NAMES = Index.of("account_username", "username", "id");

    private final DatabaseClient client;
    private final ClusterLocks locks;
    private final DistinctValues reportedStatuses = new DistinctValues();

    public R2dbcAccountRepository(DatabaseClient client) {
        this(client, ClusterLocks.none());
    }

    /** @param locks makes the locks of accounts hold in a cluster */
    public R2dbcAccountRepository(DatabaseClient client, ClusterLocks locks) {
        this.client = client;
        this.locks = locks;
    }

    @Override
    public boolean requiresTenant() {
        return false;
    }

    @Override
    public Mono<Account> findByUsername(String username, @Nullable String tenantId) {
        return select(BY_USERNAME, username);
    }

    @Override
    public Mono<Account> findByUsernameForShare(String username, @Nullable String tenantId) {
        Mono<Account> locked = select(BY_USERNAME + " LOCK IN SHARE MODE", username);
        // The row is read again after the lock, since it may have been changed before.
        return locks == ClusterLocks.none()
                ? locked
                : select(BY_USERNAME, username)
                        .flatMap(account -> locks.lock(account.id()).then(locked));
    }

    private Mono<Account> select(String sql, String username) {
        return client.sql(sql)
                .bind("username", username)
                .map(this::account)
                .one()
                .filter(account -> account.username().equals(username))
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Account> findById(String id) {
        return findById(BY_ID, id);
    }

    @Override
    public Mono<Account> findByIdForUpdate(String id) {
        return locks.lock(id).then(findById(BY_ID + " FOR UPDATE", id));
    }

    private Mono<Account> findById(String sql, String id) {
        return client.sql(sql)
                .bind("id", id)
                .map(this::account)
                .one()
                .filter(account -> account.id().equals(id))
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public boolean limitsPasswordLength() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public Mono<Void> insert(Account account) {
        return Mono.defer(() -> client.sql("""
                        INSERT INTO account (id, username, password_hash, status, roles, user_type, tenant_id, created_at)
                        VALUES (:id, :username, :passwordHash, :status, :roles, :userType, :tenantId, :createdAt)""")
                        .bind("id", account.id())
                        .bind("username", account.username())
                        .bind("passwordHash", account.passwordHash())
                        .bind("status", account.status().name())
                        .bind("roles", ColumnValues.join(account.roles()))
                        .bind("userType", account.userType())
                        .bind("tenantId", ColumnValues.textOrNull(account.tenantId()))
                        .bind("createdAt", ColumnValues.utc(account.createdAt()))
                        .then())
                .onErrorMap(StoreFailures::isDuplicateKey, e -> PortcullisException.of(ErrorCode.USERNAME_TAKEN))
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Counts after the lock was granted. Under READ COMMITTED, the count sees the account that the previous lock holder
     * committed.
     */
    @Override
    public Mono<Long> insertFirst(Account account) {
        return lock("first-account")
                .then(Mono.defer(this::count))
                .flatMap(count -> count > 0 ? Mono.just(0L) : insert(account).thenReturn(1L));
    }

    /** Counts after the lock was granted, as {@link #insertFirst} does. */
    @Override
    public Mono<Long> countOtherEnabledForUpdate(String role, String id, TenantRules rules) {
        return lock("account-roles")
                .then(Mono.defer(() -> enabledByRole(role)
                        .filter(account -> !account.id().equals(id) && rules.isUnrestricted(account.tenantId()))
                        .count()
                        .onErrorMap(StoreFailures::translate)));
    }

    /**
     * Locks the row of this name in the table {@code lease} until the surrounding transaction ends, and inserts the row if it is absent.
     */
    private Mono<Void> lock(String name) {
        return client.sql(LOCK).bind("name", name).then().onErrorMap(StoreFailures::translate);
    }

    /** The pattern finds every account with the role, and possibly others, such as those with a longer role of that beginning. */
    private Flux<Account> enabledByRole(String role) {
        return client.sql("SELECT * FROM account WHERE status = :status AND roles LIKE :role")
                .bind("status", AccountStatus.ENABLED.name())
                .bind("role", "%" + role + "%")
                .map(this::account)
                .all()
                .filter(account -> account.roles().contains(role));
    }

    @Override
    public Mono<Long> updateStatus(String id, AccountStatus status) {
        // The driver reports matched rows, not changed ones, so an unchanged status also counts as 1.
        return client.sql("UPDATE account SET status = :status WHERE id = :id")
                .bind("status", status.name())
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Long> updateRoles(String id, Set<String> roles) {
        return Mono.defer(() -> client.sql("UPDATE account SET roles = :roles WHERE id = :id")
                        .bind("roles", ColumnValues.join(roles))
                        .bind("id", id)
                        .fetch()
                        .rowsUpdated())
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Long> delete(String id) {
        return client.sql("DELETE FROM account WHERE id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Long> updatePasswordHash(String id, String passwordHash) {
        return client.sql("UPDATE account SET password_hash = :passwordHash WHERE id = :id")
                .bind("passwordHash", passwordHash)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Long> replacePasswordHash(String id, String expected, String passwordHash) {
        return client.sql(
                        "UPDATE account SET password_hash = :passwordHash WHERE id = :id AND password_hash = :expected")
                .bind("passwordHash", passwordHash)
                .bind("id", id)
                .bind("expected", expected)
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Page<Account>> page(TenantScope tenants, @Nullable String usernamePrefix, PageRequest request) {
        var filters = new PageFilters("account", "", CREATED)
                .equal("tenant_id", tenants.tenantId(), TENANT)
                .prefix("username", usernamePrefix, NAMES);
        return new PagedSelect<>(client, filters, PageLimits.DEFAULT, request, this::account).read();
    }

    @Override
    public Mono<Long> count() {
        return client.sql("SELECT COUNT(*) FROM account")
                .mapValue(Long.class)
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    private Account account(Readable row) {
        return new Account(
                ColumnValues.text(row, "id"),
                ColumnValues.text(row, "username"),
                ColumnValues.text(row, "password_hash"),
                status(row),
                ColumnValues.set(row, "roles"),
                ColumnValues.text(row, "user_type"),
                ColumnValues.textOrNull(row, "tenant_id"),
                ColumnValues.instant(row, "created_at"));
    }

    /** Reads the status. An unknown status, of a later release, counts as disabled, and is logged once. */
    private AccountStatus status(Readable row) {
        String stored = ColumnValues.text(row, "status");
        for (AccountStatus status : AccountStatus.values()) {
            if (status.name().equals(stored)) {
                return status;
            }
        }
        if (reportedStatuses.add(stored)) {
            log.warn(
                    "Account {} has the status '{}', which this release does not know: each account with it counts as disabled",
                    ColumnValues.text(row, "id"),
                    stored);
        }
        return AccountStatus.DISABLED;
    }
}
