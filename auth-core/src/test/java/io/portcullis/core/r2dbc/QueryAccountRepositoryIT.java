package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Accounts.anAccount;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.UnusableAccountException;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests account queries against user tables as existing applications define them. */
@Timeout(180)
class QueryAccountRepositoryIT extends AccountRepositoryContract {
    private static final List<String> ENABLED = List.of("ENABLED", "1", "TRUE");
    private static final String ALL = "SELECT id, name, pw, active, roles, kind FROM legacy WHERE name = :username";

    @RegisterExtension
    static final TestStore store = new TestStore();

    @BeforeAll
    static void createTable() {
        store.execute("CREATE TABLE legacy (id BIGINT, name VARCHAR(30), pw VARCHAR(99), active TINYINT(1),"
                + " roles VARCHAR(99), kind INT)");
        store.execute("INSERT INTO legacy VALUES (42, 'bob', '{noop}x', 1, 'user, admin', 2),"
                + " (43, 'eve', '{noop}x', 0, '', 2), (44, 'nil', NULL, NULL, NULL, NULL),"
                + " (45, 'twin', '{noop}x', 1, '', 2), (46, 'twin', '{noop}y', 1, '', 2),"
                + " (NULL, 'ghost', '{noop}x', 1, '', 2)");
    }

    private static QueryAccountRepository query(String sql) {
        return new QueryAccountRepository(store.client, sql, ENABLED);
    }

    @Override
    AccountRepository repository() {
        return query(ALL);
    }

    @Override
    Account enabled() {
        return new Account("42", "bob", "{noop}x", AccountStatus.ENABLED, Set.of("user", "admin"), "2", Instant.EPOCH);
    }

    @Override
    Account disabled() {
        return new Account("43", "eve", "{noop}x", AccountStatus.DISABLED, Set.of(), "2", Instant.EPOCH);
    }

    @Test
    void findWhenTheTableIsUsualThenReadsIt() {
        var query = query(ALL);

        Account bob = await(query.findByUsername("bob", null));
        assertThat(bob.id()).isEqualTo("42");
        assertThat(bob.status()).isEqualTo(AccountStatus.ENABLED);
        assertThat(bob.roles()).containsExactlyInAnyOrder("user", "admin");
        assertThat(bob.userType()).isEqualTo("2");
        assertThat(await(query.findByUsernameForShare("eve", null)).disabled()).isTrue();
        assertThat(query.findByUsername("none", null).blockOptional()).isEmpty();
        assertThatThrownBy(() -> run(query.insert(anAccount("new"))))
                .isInstanceOfSatisfying(
                        PortcullisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }

    @Test
    void findWhenColumnsAreNullThenADisabledAccountWithoutAPassword() {
        Account nil = await(query(ALL).findByUsername("nil", null));

        assertThat(nil.passwordHash()).isEmpty();
        assertThat(nil.disabled()).isTrue();
        assertThat(nil.roles()).isEmpty();
        assertThat(nil.userType()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "twin  | id                            | two rows or more",
                "ghost | id                            | the id is NULL or empty",
                "bob   | REPEAT('i', 65)               | the id has more than 64 characters",
                "bob   | UNHEX('00ff10e0')             | the id is binary",
                "bob   | CAST(UNHEX('0001') AS BINARY) | the id is binary"
            })
    void findWhenTheRowCannotBeUsedThenUnavailableForAReason(String name, String id, String reason) {
        var query = query(ALL.replaceFirst("id", id));

        assertThatThrownBy(() -> run(query.findByUsername(name, null)))
                .isInstanceOfSatisfying(
                        PortcullisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasCauseInstanceOf(UnusableAccountException.class)
                .cause()
                .hasMessageContaining(reason);
    }

    /** GROUP_CONCAT cuts a list in the middle of a name: the beginning of another role may be {@code admin}. */
    @Test
    void findWhenTheListOfRolesMayBeCutThenUnavailable() {
        String query = ALL.replace("roles", "CONCAT(REPEAT('role,', 203), '%s')");

        assertThatThrownBy(() -> run(query(query.formatted("admins")).findByUsername("bob", null)))
                .hasRootCauseInstanceOf(UnusableAccountException.class);
        assertThat(await(query(query.formatted("whole")).findByUsername("bob", null))
                        .roles())
                .contains("whole");
    }

    /** Verifies that error 1267, "Illegal mix of collations", means an unknown name and not a failure of MySQL. */
    @ParameterizedTest
    @ValueSource(strings = {"latin1", "ascii", "utf8mb3"})
    void findWhenTheColumnCannotHoldTheNameThenThereIsNone(String charset) {
        store.execute(
                "CREATE TABLE IF NOT EXISTS narrow_" + charset + " (name VARCHAR(30) CHARACTER SET " + charset + ")");
        var query = query("SELECT 1, name, 'h', 1, '', '' FROM narrow_" + charset + " WHERE name = :username");

        assertThat(List.of("\ud83d\ude00", "\u7528\u6237", "\ud800", "a\u0000b", "' OR ''='"))
                .allSatisfy(name -> assertThat(query.findByUsername(name, null).blockOptional())
                        .isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "1, true",
                "'1', true",
                "'enabled', true",
                "TRUE, true",
                "b'1', true",
                "CAST(1 AS UNSIGNED), true",
                "0, false",
                "'DISABLED', false",
                "b'0', false",
                "NULL, false",
                "2, false",
                "'', false"
            })
    void statusWhenNothingIsConfiguredThenTheseAreEnabled(String status, boolean enabled) {
        var query = query(ALL.replace("active", status));

        assertThat(await(query.findByUsername("bob", null)).disabled()).isEqualTo(!enabled);
    }

    @ParameterizedTest
    @CsvSource({"one,    1, true", "eight,  1, true", "flag,   1, true", "two,    1, false", "letter, Y, true"})
    void statusWhenItIsAnotherTypeThenComparedAsItsText(String column, String enabledValue, boolean enabled) {
        store.execute("CREATE TABLE IF NOT EXISTS bits"
                + " (one BIT(1), eight BIT(8), flag BOOLEAN, letter ENUM('y', 'n'), two TINYINT(1))");
        store.execute("INSERT INTO bits SELECT b'1', b'1', TRUE, 'y', 2 FROM DUAL"
                + " WHERE NOT EXISTS (SELECT * FROM bits)");
        String sql = "SELECT 1, 'bob', 'h', " + column + ", '', '' FROM bits WHERE 'bob' = :username";

        var query = new QueryAccountRepository(store.client, sql, List.of(enabledValue));

        assertThat(await(query.findByUsername("bob", null)).disabled()).isEqualTo(!enabled);
    }

    @Test
    void statusWhenZeroIsConfiguredThenZeroAloneIsEnabled() {
        var query = new QueryAccountRepository(store.client, ALL, List.of("0"));

        assertThat(await(query.findByUsername("bob", null)).disabled()).isTrue();
        assertThat(await(query.findByUsername("eve", null)).disabled()).isFalse();
        assertThat(await(query.findByUsername("nil", null)).disabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT id, name, pw, active, roles, kind FROM legacy WHERE name = :username AND id = :tenant | selects 6 columns",
                "SELECT id, name, pw, active, roles, kind FROM users WHERE name = :username | users",
                "SELECT id, name, pwd, active, roles, kind FROM legacy WHERE name = :username | pwd",
                "SELECT id name pw FROM WHERE :username | syntax",
                "SELECT id, name, pw, active FROM legacy WHERE name = :username | selects 4 columns",
                "SELECT id FROM legacy WHERE name = :username; | selects 1 columns"
            })
    void tryOnceWhenTheQueryCannotWorkThenASentenceSaysWhy(String sql, String reason) {
        assertThatThrownBy(() -> run(query(sql).tryOnce()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("portcullis.account.query: ")
                .hasMessageContaining(reason)
                .hasMessageContaining("expected: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ALL,
                ALL + ";",
                ALL + " -- as in the old application",
                "SELECT 1, 'x', '', '', '', '' FROM DUAL WHERE 'x' = :username",
                "SELECT id, name, pw, active, roles, kind, 7, 8 FROM legacy WHERE name = :username LIMIT 1",
                "WITH old AS (SELECT * FROM legacy) SELECT * FROM old WHERE name = :username"
            })
    void tryOnceWhenTheQueryWorksThenNothing(String sql) {
        run(query(sql).tryOnce());

        assertThat(query(sql).findByUsername("none", null).blockOptional()).isEmpty();
    }

    @Test
    void findWhenTheQuerySelectsATenantThenTheAccountHasIt() {
        String sql = ALL.replace(" FROM", ", IF(id = 42, 7, NULL) FROM");

        assertThat(await(query(sql).findByUsername("bob", null)).tenantId()).isEqualTo("7");
        assertThat(await(query(sql).findByUsername("eve", "ignored")).tenantId())
                .isNull();
        assertThat(query(sql).requiresTenant()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "' 7'", "UNHEX('00ff')", "REPEAT('t', 65)"})
    void findWhenTheTenantIsUnusableThenUnavailable(String tenant) {
        var query = query(ALL.replace(" FROM", ", " + tenant + " FROM"));

        assertThatThrownBy(() -> run(query.findByUsername("bob", null)))
                .hasCauseInstanceOf(UnusableAccountException.class)
                .cause()
                .hasMessageContaining("the tenant is");
    }

    /** MySQL compares a number with the number at the begin of a text, so all of these find the tenant 1. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "NULL",
            value = {"1, 51", "2, 52", "3, NULL", "01, NULL", "1.0, NULL", "1x, NULL", "NULL, NULL"})
    void findWhenUsernamesRepeatAcrossTenantsThenExactlyTheTenantsAccount(
            @Nullable String tenant, @Nullable String id) {
        store.execute("CREATE TABLE IF NOT EXISTS legacy_tenants"
                + " (id BIGINT PRIMARY KEY, name VARCHAR(30), tenant_id BIGINT, UNIQUE KEY (name, tenant_id))");
        store.execute("INSERT IGNORE INTO legacy_tenants VALUES (51, 'bob', 1), (52, 'bob', 2)");
        var query = query("SELECT id, name, '{noop}x', 1, '', '', tenant_id FROM legacy_tenants"
                + " WHERE name = :username AND tenant_id = :tenant");

        run(query.tryOnce());

        assertThat(query.requiresTenant()).isTrue();
        assertThat(query.findByUsername("bob", tenant).map(Account::id).blockOptional())
                .isEqualTo(Optional.ofNullable(id));
        assertThat(query.findByUsernameForShare("bob", tenant).map(Account::id).blockOptional())
                .isEqualTo(Optional.ofNullable(id));
    }
}
