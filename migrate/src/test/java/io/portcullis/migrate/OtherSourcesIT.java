package io.portcullis.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accounts of RuoYi and by a query, and databases that do not fit. */
class OtherSourcesIT {
    private static ImportDatabases databases;

    @BeforeAll
    static void create() throws SQLException {
        databases = ImportDatabases.create("ruoyi", "ruoyi-schema.sql");
        databases.source.script("yudao-schema.sql");
    }

    @AfterAll
    static void close() throws SQLException {
        databases.close();
    }

    private static void set(String... settings) {
        databases.settings.remove("account-query");
        databases.settings.remove("administrator-role");
        databases.settings.remove("import");
        for (int i = 0; i < settings.length; i += 2) {
            databases.settings.setProperty(settings[i], settings[i + 1]);
        }
    }

    @Test
    void ruoyiThenAccountsWithTheirRoles() throws Exception {
        databases.clear();
        set("source", "ruoyi", "administrator-role", "admin");
        databases.source.execute(
                "INSERT INTO sys_user (user_id, user_name, nick_name, password, status, del_flag) VALUES"
                        + " (1, 'admin', 'a', '" + ImportDatabases.HASH + "', '0', '0'),"
                        + " (2, 'ry', 'b', '" + ImportDatabases.HASH + "', '1', '0'),"
                        + " (3, 'gone', 'c', '" + ImportDatabases.HASH + "', '0', '2')");
        databases.source.execute(
                "INSERT INTO sys_role VALUES (1, 'a', 'admin', '0', '0'), (2, 'b', 'common', '0', '0')");
        databases.source.execute("INSERT INTO sys_user_role VALUES (1, 1), (2, 2)");

        var run = databases.run("apply");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(databases.accounts()).containsExactly("1 admin ENABLED admin 00", "2 ry DISABLED common 00");
        assertThat(databases.run("undo").exitCode()).isZero();
        assertThat(databases.accounts()).isEmpty();
    }

    @Test
    void queryThenAccountsOfAnyTable() throws Exception {
        databases.clear();
        databases.source.execute(
                "CREATE TABLE IF NOT EXISTS member (uid INT, login VARCHAR(30), pass VARCHAR(100), frozen INT)");
        databases.source.execute("INSERT INTO member VALUES (7, 'zhang', '" + ImportDatabases.HASH
                + "', 0), (8, 'li', 'e10adc3949ba59abbe56e057f20f883e', 0)");
        set(
                "source",
                "query",
                "account-query",
                "SELECT uid AS id, login AS username, pass AS password_hash, frozen = 0 AS enabled, 'user' AS roles,"
                        + " 'member' AS user_type FROM member");

        var run = databases.run("apply");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("skip account 8 (li): the password hash");
        assertThat(databases.accounts()).containsExactly("7 zhang ENABLED user member");
    }

    @Test
    void queryWhenItDoesNotFitThenASentence() throws Exception {
        databases.clear();
        databases.source.execute("INSERT INTO system_role (name, code) VALUES ('a', 'b')");
        set("source", "query", "account-query", "SELECT id FROM system_role");
        assertThat(databases.run("plan").err()).contains("account-query: selects [id] (expected: the columns");

        set("account-query", "SELECT id FROM nowhere");
        assertThat(databases.run("plan").err())
                .contains("account-query: the source refuses it")
                .doesNotContain("\tat ");

        set("account-query", "DELETE FROM sys_user");
        assertThat(databases.run("plan").err()).contains("account-query: expected one SELECT statement");

        set("account-query", "SELECT 1", "import", "tokens");
        assertThat(databases.run("plan").err()).contains("import: tokens (expected: accounts");

        String source = databases.settings.getProperty("source.url");
        set("account-query", "SELECT * FROM account", "source.url", databases.settings.getProperty("target.url"));
        assertThat(databases.run("plan").err()).contains("reads the table account of the target itself");
        set("source", "yudao", "source.url", databases.settings.getProperty("target.url"));
        assertThat(databases.run("plan").err()).contains("source.url: no table system_users");
        set("source.url", source);
    }

    @Test
    void planWhenADatabaseDoesNotFitThenASentence() throws Exception {
        try (var others = ImportDatabases.create("yudao", "yudao-schema.sql")) {
            others.source.execute("ALTER TABLE system_users DROP COLUMN deleted");
            assertThat(others.run("plan").err()).contains("source.url: the table system_users has no column deleted");

            others.settings.remove("source.time-zone");
            assertThat(others.run("plan").err()).contains("source.time-zone: missing");

            others.settings.setProperty("source.time-zone", "UTC");
            others.target.execute("SELECT GET_LOCK(CONCAT('portcullis.migrate.', MD5(DATABASE())), 10)");
            assertThat(others.run("apply").err()).contains("Another run of this tool");

            others.target.execute("DROP TABLE migration_import");
            assertThat(others.run("plan").err())
                    .contains("target.url: no table migration_import", "start the gateway once");

            others.settings.setProperty("target.url", "jdbc:mysql://127.0.0.1:1/x");
            assertThat(others.run("plan").err()).contains("target.url: cannot connect");

            others.settings.setProperty("targte.url", "x");
            assertThat(others.run("plan").err()).contains("targte.url: unknown");
        }
    }
}
