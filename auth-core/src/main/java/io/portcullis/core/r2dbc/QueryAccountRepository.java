package io.portcullis.core.r2dbc;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.UnusableAccountException;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Accounts in an existing user table, read by the SQL of {@code portcullis.account.query}, for instance
 *
 * <pre>{@code
 * SELECT id, username, password, status, 'user', 'member'
 *   FROM system_users WHERE username = :username AND deleted = 0
 * }</pre>
 *
 * <p>Columns count by position: id, username, password hash ({@code {bcrypt}...}), status, roles (comma-separated), user type. A status
 * that is none of {@code portcullis.account.enabled-values}, null included, is disabled. Such accounts are managed elsewhere: nothing
 * is locked, writes and lists are refused with {@code BAD_REQUEST}, and as the query knows no id, {@link #findById} is always empty.
 *
 * <p>A row that cannot be used is a line in the log and an {@code UNAVAILABLE} caused by an {@link UnusableAccountException}.
 */
public final class QueryAccountRepository implements AccountRepository {
    private static final Logger log = LoggerFactory.getLogger(QueryAccountRepository.class);

    private static final String PROPERTY = "portcullis.account.query";
    private static final String EXPECTED =
            "SELECT id, username, password hash, status, roles, user type ... WHERE username = :username";
    private static final String NO_USER = "portcullis start check";
    /** Two rows are one too many, whatever follows. */
    private static final int ROWS = 2;

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private final DatabaseClient client;
    private final String sql;
    private final QueriedAccount rows;
    private final AtomicLong logged = new AtomicLong(System.nanoTime() - LOG_INTERVAL.toNanos());

    /**
     * @param enabledValues the texts of a status that mean "enabled", in any case
     * @throws IllegalArgumentException if the SQL has no {@code :username}
     */
    public QueryAccountRepository(DatabaseClient client, String sql, Collection<String> enabledValues) {
        requireQuery(sql);
        this.client = client;
        this.sql = sql.strip().replaceFirst(";$", "");
        this.rows = new QueriedAccount(enabledValues);
    }

    /** @throws IllegalArgumentException if the SQL has no {@code :username} */
    public static void requireQuery(String sql) {
        if (!sql.contains(":username")) {
            throw new IllegalArgumentException(PROPERTY + ": " + sql + " (expected: " + EXPECTED + ")");
        }
    }

    /**
     * Runs the query once for a name that no account has. Errors with an {@link IllegalArgumentException} that says what is wrong with
     * the query or its table, or with {@code UNAVAILABLE} when MySQL failed.
     */
    public Mono<Void> tryOnce() {
        return select(NO_USER)
                .then(Mono.defer(this::requireColumns))
                .onErrorMap(QueryAccountRepository::toSentence)
                .onErrorMap(StoreFailures::translate);
    }

    /** A result without rows does not tell how many columns it has. A common table expression must name exactly as many. */
    private Mono<Void> requireColumns() {
        return Flux.range(1, QueriedAccount.COLUMNS - 1)
                .concatMap(count -> hasColumns(count).filter(same -> same).map(same -> count))
                .next()
                .flatMap(count -> Mono.error(new IllegalArgumentException(PROPERTY + ": selects " + count
                        + " columns (expected: the " + QueriedAccount.COLUMNS + " of " + EXPECTED + ")")));
    }

    private Mono<Boolean> hasColumns(int count) {
        String names = IntStream.rangeClosed(1, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return client.sql("WITH tried (" + names + ") AS (\n" + sql + "\n) SELECT COUNT(*) FROM tried")
                .bind("username", NO_USER)
                .then()
                .thenReturn(true)
                // Not that many, or a statement that cannot stand there, which the gateway can use all the same.
                .onErrorResume(e -> StoreFailures.refusalOfStatement(e) != null, e -> Mono.just(false));
    }

    private static Throwable toSentence(Throwable error) {
        var refusal = StoreFailures.refusalOfStatement(error);
        return refusal == null
                ? error
                : new IllegalArgumentException(PROPERTY + ": MySQL refuses it: " + refusal.getMessage() + " (error "
                        + refusal.getErrorCode() + "; expected: " + EXPECTED + ")");
    }

    @Override
    public Mono<Account> findByUsername(String username) {
        return select(username)
                .flatMap(found -> account(username, found))
                // Such a name cannot stand in the column.
                .onErrorResume(StoreFailures::isIncomparable, e -> Mono.empty())
                .onErrorMap(StoreFailures::translate);
    }

    /** The first rows, or empty. */
    private Mono<List<List<@Nullable Object>>> select(String username) {
        return client.sql(sql)
                .bind("username", username)
                .map(QueriedAccount::values)
                .all()
                .buffer(ROWS)
                .next();
    }

    private Mono<Account> account(String username, List<List<@Nullable Object>> found) {
        try {
            if (found.size() > 1) {
                throw new UnusableAccountException("it selects two rows or more for one name");
            }
            var account = rows.account(found.get(0));
            if (account.passwordHash().isEmpty()) {
                logOnce(username, "the password hash is NULL or empty, so there is no password to log in with");
            }
            return Mono.just(account);
        } catch (UnusableAccountException e) {
            logOnce(username, String.valueOf(e.getMessage()));
            return Mono.error(PortcullisException.storeUnavailable(PROPERTY, e));
        }
    }

    /** A few lines a minute, however many try. */
    private void logOnce(String username, String reason) {
        long last = logged.get();
        long now = System.nanoTime();
        if (now - last >= LOG_INTERVAL.toNanos() && logged.compareAndSet(last, now)) {
            log.warn("{}: {}. The name is '{}'; logins under it are refused", PROPERTY, reason, printable(username));
        }
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public Mono<Account> findByUsernameForShare(String username) {
        return findByUsername(username);
    }

    @Override
    public Mono<Account> findById(String id) {
        return Mono.empty();
    }

    @Override
    public boolean boundsPasswords() {
        return false;
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
    public Mono<Long> countOtherEnabledForUpdate(String role, String id) {
        return refuse();
    }

    @Override
    public Mono<Long> updateStatus(String id, AccountStatus status) {
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
    public Mono<Page<Account>> page(@Nullable String usernamePrefix, PageRequest request) {
        return refuse();
    }

    /** Always 1: there are accounts, so no first administrator is to be made. */
    @Override
    public Mono<Long> count() {
        return Mono.just(1L);
    }

    private static <T> Mono<T> refuse() {
        return Mono.error(() -> PortcullisException.of(
                ErrorCode.BAD_REQUEST, "accounts are managed elsewhere (portcullis.account.query is set)"));
    }
}
