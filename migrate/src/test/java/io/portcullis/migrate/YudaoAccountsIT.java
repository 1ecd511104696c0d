package io.portcullis.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accounts of yudao, on the real database. */
class YudaoAccountsIT {
    private static ImportDatabases databases;

    @BeforeAll
    static void create() throws SQLException {
        databases = ImportDatabases.create("yudao", "yudao-schema.sql");
    }

    @BeforeEach
    void fill() throws SQLException {
        databases.clear();
        databases.settings.setProperty("import", "accounts");
        databases.settings.setProperty("administrator-role", "super_admin");
        databases.yudaoUser(1, "admin", 0, 1);
        databases.yudaoUser(100, "yudao", 1, 1);
        databases.yudaoUser(103, "test", 0, 122);
        databases.source.execute("INSERT INTO system_role (id, name, code, status, deleted) VALUES"
                + " (1, 'a', 'super_admin', 0, b'0'), (2, 'b', 'common', 0, b'0'), (3, 'c', 'stopped', 1, b'0'),"
                + " (4, 'd', 'gone', 0, b'1'), (5, 'e', 'admin', 0, b'0')");
        databases.source.execute("INSERT INTO system_user_role (user_id, role_id) VALUES"
                + " (1, 1), (1, 2), (103, 2), (103, 3), (103, 4), (103, 5)");
    }

    @AfterAll
    static void close() throws SQLException {
        databases.close();
    }

    @Test
    void planThenSaysWhatWouldBeImportedAndWritesNothing() throws Exception {
        var run = databases.run("plan");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("would import account 1 (admin): enabled, roles [admin,common,super_admin]")
                .contains("would import account 100 (yudao): disabled")
                .contains("without the source's role admin")
                .doesNotContain("$2a$");
        assertThat(databases.accounts()).isEmpty();
        assertThat(databases.target.rows("SELECT * FROM migration_import")).isEmpty();
    }

    @Test
    void applyThenImportedOnceAndUndoRemovesAll() throws Exception {
        assertThat(databases.run("apply").exitCode()).isZero();
        assertThat(databases.accounts())
                .containsExactly(
                        "1 admin ENABLED admin,common,super_admin 2",
                        "100 yudao DISABLED  2",
                        "103 test ENABLED common 2");
        assertThat(databases.target.rows("SELECT password_hash FROM account WHERE id = '1'"))
                .containsExactly("{bcrypt}" + ImportDatabases.HASH);

        databases.yudaoUser(104, "later", 0, 1);
        var second = databases.run("apply");
        assertThat(second.out()).contains("import account 104").contains("unchanged accounts: 3");
        assertThat(databases.accounts()).hasSize(4);

        var undo = databases.run("undo");
        assertThat(undo.exitCode()).as(undo.err()).isZero();
        assertThat(databases.accounts()).isEmpty();
        assertThat(databases.target.rows("SELECT * FROM migration_import")).isEmpty();
    }

    @Test
    void undoWhenAnAccountWasUsedOrChangedThenKept() throws Exception {
        databases.run("apply");
        databases.target.execute("UPDATE account SET roles = 'common,x' WHERE id = '103'");
        databases.target.execute("INSERT INTO login_log (id, type, result, user_id, username, ip, created_at) VALUES"
                + " ('l1', 'LOGIN', 'SUCCESS', '1', 'admin', '192.0.2.1', TIMESTAMPADD(HOUR, 1, UTC_TIMESTAMP(3)))");

        var undo = databases.run("undo");

        assertThat(undo.out())
                .contains("keep account 1: has logged in since")
                .contains("keep account 103: changed in the gateway since")
                .contains("remove account 100");
        assertThat(databases.accounts()).hasSize(2);
    }

    @Test
    void applyWhenTheSourceChangedThenUntouchedAccountsFollow() throws Exception {
        databases.run("apply");
        databases.source.execute("UPDATE system_users SET status = 1 WHERE id = 1");
        databases.source.execute("UPDATE system_users SET deleted = b'1' WHERE id = 103");
        databases.target.execute("UPDATE account SET roles = 'mine' WHERE id = '100'");
        databases.source.execute("UPDATE system_users SET status = 0 WHERE id = 100");

        var run = databases.run("apply");

        assertThat(run.out()).contains("update account 1 (admin)").contains("disable account 103 (test)");
        assertThat(databases.accounts())
                .containsExactly(
                        "1 admin DISABLED admin,common,super_admin 2",
                        "100 yudao DISABLED mine 2",
                        "103 test DISABLED common 2");
    }

    @Test
    void planWhenAccountsDoNotFitThenSkippedWithAReason() throws Exception {
        databases.yudaoUser(201, "twin", 0, 1);
        databases.yudaoUser(202, "twin", 0, 122);
        databases.yudaoUser(203, " space", 0, 1);
        databases.yudaoUser(204, "md5", 0, 1);
        databases.source.execute(
                "UPDATE system_users SET password = '21232f297a57a5a743894a0e4a801fc3' WHERE id = 204");
        databases.yudaoUser(205, "gone", 0, 1);
        databases.source.execute("UPDATE system_users SET deleted = b'1' WHERE id = 205");
        databases.target.execute(
                "INSERT INTO account (id, username, password_hash, status, roles, user_type, created_at) VALUES ('x', 'test', '{bcrypt}x', 'ENABLED', '', 'user', UTC_TIMESTAMP(3))");

        var run = databases.run("apply");

        assertThat(run.out())
                .contains("skip account 201 (twin): the users 201,202 have the same name")
                .contains("skip account 202 (twin)")
                .contains("skip account 203 ( space): username")
                .contains("skip account 204 (md5): the password hash")
                .contains("skip account 103 (test): the gateway has an account with this id or name")
                .doesNotContain("205")
                .doesNotContain("21232f");
        assertThat(databases.accounts()).hasSize(3);
    }

    @Test
    void applyWhenItFailedInTheMiddleThenTheNextRunDoesTheRest() throws Exception {
        databases.source.execute(IntStream.range(1000, 1450)
                .mapToObj(id -> "(" + id + ", 'user" + id + "', '" + ImportDatabases.HASH + "')")
                .collect(Collectors.joining(", ", "INSERT INTO system_users (id, username, password) VALUES ", "")));
        databases.target.execute("CREATE TRIGGER fail BEFORE INSERT ON account FOR EACH ROW"
                + " IF NEW.id = '1300' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'killed'; END IF");

        var failed = databases.run("apply");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("The database failed").doesNotContain("\tat ");
        assertThat(databases.accounts()).hasSize(200);

        databases.target.execute("DROP TRIGGER fail");
        assertThat(databases.run("apply").exitCode()).isZero();
        assertThat(databases.accounts()).hasSize(453);
    }
}
