package io.portcullis.core.r2dbc;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.transaction.Page;
import io.portcullis.core.transaction.PageRequest;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Accounts in an existing user table, read by the SQL of {@code portcullis.account.query}, for instance
 *
 * <pre>{@code
 * SELECT id, username, password, IF(status = 0, 'ENABLED', 'DISABLED'), 'user', 'member'
 *   FROM system_users WHERE username = :username AND deleted = 0
 * }</pre>
 *
 * <p>Columns count by position: id, username, password hash ({@code {bcrypt}...}), status, roles (comma-separated), user type.
 * The status is {@code 'ENABLED'} or {@code 1}; {@code 'DISABLED'}, {@code 0} and everything else, null included, is disabled.
 * Such accounts are managed elsewhere: nothing is locked, writes and lists are refused with {@code BAD_REQUEST}, and as the
 * query knows no id, {@link #findById} is always empty.
 */
public final class QueryAccountRepository implements AccountRepository {
    private static final Set<String> ENABLED = Set.of("ENABLED", "1", "TRUE");

    private final DatabaseClient client;
    private final String sql;

    /** @throws IllegalArgumentException if the SQL has no {@code :username} */
    public QueryAccountRepository(DatabaseClient client, String sql) {
        requireQuery(sql);
        this.client = client;
        this.sql = sql;
    }

    /** @throws IllegalArgumentException if the SQL has no {@code :username} */
    public static void requireQuery(String sql) {
        if (!sql.contains(":username")) {
            throw new IllegalArgumentException("portcullis.account.query: " + sql
                    + " (expected: SELECT id, username, password hash, status, roles, user type ..."
                    + " WHERE username = :username)");
        }
    }

    @Override
    public Mono<Account> findByUsername(String username) {
        return client.sql(sql)
                .bind("username", username)
                .map(QueryAccountRepository::account)
                .one()
                .onErrorMap(StoreFailures::translate);
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
    public Mono<Void> insert(Account account) {
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

    private static Account account(Readable row) {
        return new Account(
                required(row, 0, "id"),
                required(row, 1, "username"),
                required(row, 2, "password hash"),
                ENABLED.contains(text(row, 3).toUpperCase(Locale.ROOT))
                        ? AccountStatus.ENABLED
                        : AccountStatus.DISABLED,
                Columns.split(text(row, 4)),
                text(row, 5),
                Instant.EPOCH);
    }

    private static String required(Readable row, int column, String name) {
        return Objects.requireNonNull(row.get(column), "portcullis.account.query: null " + name)
                .toString();
    }

    // The types are the table's: numbers for ids, booleans for TINYINT(1).
    private static String text(Readable row, int column) {
        Object value = row.get(column);
        return value == null ? "" : value.toString();
    }
}
