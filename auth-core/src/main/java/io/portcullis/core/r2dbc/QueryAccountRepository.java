package io.portcullis.core.r2dbc;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.account.UnusableAccountException;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads accounts from an existing user table, by the SQL of {@code portcullis.account.query}, for example
 *
 * <pre>{@code
 * SELECT id, username, password, status, 'user', 'member'
 *   FROM system_users WHERE username = :username AND deleted = 0
 * }</pre>
 *
 * <p>The columns are read by position: id, username, password hash ({@code {bcrypt}...}), status, roles (comma-separated), user
 * type, and optionally the tenant. An account is enabled if its status is one of {@code portcullis.account.enabled-values}; any other status, including
 * NULL, is disabled. The tenant is NULL for an account without one.
 *
 * <p>If usernames are unique within a tenant only, the query also has the parameter {@code :tenant} and selects the tenant. A row whose
 * tenant is not exactly the requested one is ignored, because MySQL compares texts and numbers loosely: {@code '01'} finds the tenant 1.
 *
 * <p>The accounts are managed by another application: no row is locked, and writes and lists fail with
 * {@code BAD_REQUEST}. The query selects by name only, so {@link #findById} is always empty.
 *
 * <p>For an unusable row, the repository logs a line and signals {@code UNAVAILABLE} with an {@link UnusableAccountException} as
 * its cause.
 */
public final class QueryAccountRepository implements AccountRepository {
    private static final Logger log = LoggerFactory.getLogger(QueryAccountRepository.class);

    private static final String PROPERTY = "portcullis.account.query";
    private static final String EXPECTED =
            "SELECT id, username, password hash, status, roles, user type ... WHERE username = :username";
    private static final String EXPECTED_WITH_TENANT =
            "SELECT id, username, password hash, status, roles, user type, tenant"
                    + " ... WHERE username = :username AND tenant = :tenant";
    private static final Pattern TENANT = Pattern.compile(":tenant\\b");
    private static final String NO_USER = "portcullis start check";
    /** The number of rows to read. Two are enough to detect that a name is not unique. */
    private static final int ROWS = 2;

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private final DatabaseClient client;
    private final String sql;
    private final boolean byTenant;
    private final QueriedAccount rows;
    private final AtomicLong logged = new AtomicLong(System.nanoTime() - LOG_INTERVAL.toNanos());

    /**
     * @param enabledValues the status texts that mean "enabled", case-insensitive
     * @throws IllegalArgumentException if the SQL has no {@code :username}
     */
    public QueryAccountRepository(DatabaseClient client, String sql, Collection<String> enabledValues) {
        requireQuery(sql);
        this.client = client;
        this.sql = sql.strip().replaceFirst(";$", "");
        this.byTenant = selectsByTenant(sql);
        this.rows = new QueriedAccount(enabledValues);
    }

    /**
     * Verifies that the SQL has the parameter {@code :username}.
     *
     * @throws IllegalArgumentException if it does not
     */
    public static void requireQuery(String sql) {
        if (!sql.contains(":username")) {
            throw new IllegalArgumentException(PROPERTY + ": " + sql + " (expected: " + EXPECTED + ")");
        }
    }

    /** Returns whether the SQL has the parameter {@code :tenant}. */
    public static boolean selectsByTenant(String sql) {
        return TENANT.matcher(sql).find();
    }

    /**
     * Runs the query once, for a name that no account has, and completes empty if it works. Errors: an
     * {@link IllegalArgumentException} that describes the fault of the query or its table, or {@code UNAVAILABLE} if MySQL
     * failed.
     */
    public Mono<Void> tryOnce() {
        return select(NO_USER, NO_USER)
                .then(Mono.defer(this::requireColumns))
                .onErrorMap(this::explainFailure)
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Errors if the query selects too few columns. An empty result has no column count, so the method tries common table
     * expressions: such an expression must name exactly as many columns as the query selects.
     */
    private Mono<Void> requireColumns() {
        return Flux.range(1, columns() - 1)
                .concatMap(count -> hasColumns(count).filter(same -> same).map(same -> count))
                .next()
                .flatMap(count -> Mono.error(new IllegalArgumentException(PROPERTY + ": selects " + count
                        + " columns (expected: the " + columns() + " of " + expected() + ")")));
    }

    private Mono<Boolean> hasColumns(int count) {
        String names = IntStream.rangeClosed(1, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return bind("WITH tried (" + names + ") AS (\n" + sql + "\n) SELECT COUNT(*) FROM tried", NO_USER, NO_USER)
                .then()
                .thenReturn(true)
                // Another number of columns, or a statement that is not allowed in a CTE, which the gateway can use
                // nevertheless.
                .onErrorResume(e -> StoreFailures.refusalOfStatement(e) != null, e -> Mono.just(false));
    }

    private int columns() {
        return byTenant ? QueriedAccount.COLUMNS_WITH_TENANT : QueriedAccount.COLUMNS;
    }

    private String expected() {
        return byTenant ? EXPECTED_WITH_TENANT : EXPECTED;
    }

    private Throwable explainFailure(Throwable error) {
        var refusal = StoreFailures.refusalOfStatement(error);
        return refusal == null
                ? error
                : new IllegalArgumentException(PROPERTY + ": refused by MySQL: " + refusal.getMessage() + " (error "
                        + refusal.getErrorCode() + "; expected: " + expected() + ")");
    }

    @Override
    public boolean requiresTenant() {
        return byTenant;
    }

    @Override
    public Mono<Account> findByUsername(String username, @Nullable String tenantId) {
        String tenant = qualifier(tenantId);
        if (byTenant && tenant == null) {
            return Mono.empty();
        }
        return select(username, tenant)
                .flatMap(found -> account(username, found))
                .filter(account -> !byTenant || Objects.equals(account.tenantId(), tenant))
                // The column's character set cannot represent the name, so no row has it.
                .onErrorResume(StoreFailures::isIncomparable, e -> Mono.empty())
                .onErrorMap(StoreFailures::translate);
    }

    /** Emits the first two rows, or fewer; empty if there is no row. */
    private Mono<List<List<@Nullable Object>>> select(String username, @Nullable String tenantId) {
        return bind(sql, username, tenantId)
                .map(QueriedAccount::values)
                .all()
                .buffer(ROWS)
                .next();
    }

    private DatabaseClient.GenericExecuteSpec bind(String statement, String username, @Nullable String tenantId) {
        var bound = client.sql(statement).bind("username", username);
        return byTenant && tenantId != null ? bound.bind("tenant", tenantId) : bound;
    }

    private Mono<Account> account(String username, List<List<@Nullable Object>> found) {
        try {
            if (found.size() > 1) {
                throw new UnusableAccountException("the query returns two rows or more for one name");
            }
            var account = rows.account(found.get(0));
            if (account.passwordHash().isEmpty()) {
                logOnce(username, "the password hash is NULL or empty, so no password matches");
            }
            return Mono.just(account);
        } catch (UnusableAccountException e) {
            logOnce(username, String.valueOf(e.getMessage()));
            return Mono.error(PortcullisException.storeUnavailable(PROPERTY, e));
        }
    }

    /** Logs at most one line per 10 s, so that failing logins cannot flood the log. */
    private void logOnce(String username, String reason) {
        long last = logged.get();
        long now = System.nanoTime();
        if (now - last >= LOG_INTERVAL.toNanos() && logged.compareAndSet(last, now)) {
            log.warn("{}: {}. Logins as '{}' are refused", PROPERTY, reason, printable(username));
        }
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public Mono<Account> findByUsernameForShare(String username, @Nullable String tenantId) {
        return findByUsername(username, tenantId);
    }

    @Override
    public Mono<Account> findById(String id) {
        return Mono.empty();
    }

    @Override
    public boolean limitsPasswordLength() {
        return false;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public Mono<Void> insert(Account account) {
        return refuse();
    }

    @Override
    public Mono<Long> insertFirst(Account account) {
        return refuse();
    }

    @Override
    public Mono<Long> countOtherEnabledForUpdate(String role, String id, TenantRules rules) {
        return refuse();
    }

    @Override
    public Mono<Long> updateStatus(String id, AccountStatus status) {
        return refuse();
    }

    @Override
    public Mono<Account> findByIdForUpdate(String id) {
        return refuse();
    }

    @Override
    public Mono<Long> updateRoles(String id, Set<String> roles) {
        return refuse();
    }

    @Override
    public Mono<Long> delete(String id) {
        return refuse();
    }

    @Override
    public Mono<Long> updatePasswordHash(String id, String passwordHash) {
        return refuse();
    }

    @Override
    public Mono<Long> replacePasswordHash(String id, String expected, String passwordHash) {
        return refuse();
    }

    @Override
    public Mono<Page<Account>> page(TenantScope tenants, @Nullable String usernamePrefix, PageRequest request) {
        return refuse();
    }

    /** Always emits 1. The number is unknown, and 1 prevents the creation of a first administrator. */
    @Override
    public Mono<Long> count() {
        return Mono.just(1L);
    }

    private static <T> Mono<T> refuse() {
        return Mono.error(() -> PortcullisException.of(
                ErrorCode.BAD_REQUEST, "accounts are managed elsewhere (portcullis.account.query is set)"));
    }
}
