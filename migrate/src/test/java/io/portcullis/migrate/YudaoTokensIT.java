package io.portcullis.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logins and clients of yudao, on the real database. */
class YudaoTokensIT {

    private static ImportDatabases databases;
    private static LocalDateTime now = LocalDateTime.MIN;
    private static int next;

    @BeforeAll
    static void create() throws SQLException {
        databases = ImportDatabases.create("yudao", "yudao-schema.sql");
        now = LocalDateTime.now(ZoneId.of("Asia/Shanghai")).truncatedTo(ChronoUnit.SECONDS);
    }

    @BeforeEach
    void fill() throws SQLException {
        databases.clear();
        databases.yudaoUser(1, "admin", 0, 1);
        databases.yudaoUser(2, "stopped", 1, 1);
    }

    @AfterAll
    static void close() throws SQLException {
        databases.close();
    }

    /** Inserts a login and returns its refresh token; the access token is that token with its first digit replaced by f. */
    private static String login(long user, int type, String client, LocalDateTime expires, String token)
            throws SQLException {
        databases.source.execute("INSERT INTO system_oauth2_refresh_token"
                + " (user_id, refresh_token, user_type, client_id, scopes, expires_time, create_time) VALUES (" + user
                + ", '"
                + token + "', " + type + ", '" + client + "', '[\"user.read\"]', '" + expires + "', '" + now + "')");
        databases.source.execute("INSERT INTO system_oauth2_access_token"
                + " (user_id, access_token, refresh_token, user_type, client_id, expires_time, create_time) VALUES ("
                + user
                + ", 'f" + token.substring(1) + "', '" + token + "', " + type + ", '" + client + "', '"
                + now.plusMinutes(30)
                + "', '" + now + "')");
        return token;
    }

    private static String token() {
        return "%032x".formatted(++next);
    }

    @Test
    void applyWhenLoginsDoNotFitThenSkippedWithAReason() throws Exception {
        LocalDateTime later = now.plusDays(30);
        String token = login(1, 2, "default", later, token());
        login(1, 1, "default", later, token());
        login(2, 2, "default", later, token());
        login(3, 2, "default", later, token());
        login(1, 2, "other-app", later, token());
        login(1, 2, "default", later, "A".repeat(32));
        login(1, 2, "default", now.minusSeconds(60), token());

        var run = databases.run("apply");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("import session 1 of account 1")
                .contains("skip session 2 of account 1: the user is a member")
                .contains("skip session 3 of account 2: the user is disabled or deleted")
                .contains("skip session 4 of account 3: the user is disabled or deleted")
                .contains("skip session 5 of account 1: its client other-app")
                .contains("skip session 6 of account 1: the refresh token is of another form")
                .doesNotContain("session 7")
                .doesNotContain(token);
        assertThat(databases.target.rows("SELECT DATE_FORMAT(expires_at, '%Y-%m-%dT%H:%i:%s') FROM auth_session"))
                .as("by the zone of the source")
                .containsExactly(later.atZone(ZoneId.of("Asia/Shanghai"))
                        .withZoneSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime()
                        .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME));
        assertThat(databases.target.rows("SELECT kind FROM imported_token ORDER BY kind"))
                .containsExactly("ACCESS", "REFRESH");
        assertThat(databases.target.rows("SELECT DISTINCT i.expires_at = s.expires_at FROM imported_token i"
                        + " JOIN auth_session s ON s.id = i.session_id"))
                .as("a logout with an expired access token finds its session")
                .containsExactly("1");
        String all = String.join(
                "",
                databases.target.rows(
                        "SELECT digest FROM imported_token UNION SELECT source_key FROM migration_import"));
        assertThat(all).doesNotContain(token);
    }

    @Test
    void applyWhenRepeatedThenNothingIsDoubled() throws Exception {
        login(1, 2, "default", now.plusDays(30), token());
        databases.run("apply");

        var second = databases.run("apply");

        assertThat(second.out()).contains("unchanged tokens: 1").doesNotContain("import session");
        assertThat(databases.target.rows("SELECT id FROM auth_session")).hasSize(1);
        assertThat(databases.run("plan").out()).contains("Nothing was written");
    }

    @Test
    void applyWhenTheLoginEndedInYudaoThenTheSessionEndsAndItsTokenIsInTheLedger() throws Exception {
        String token = login(1, 2, "default", now.plusDays(30), token());
        databases.run("apply");
        databases.source.execute("DELETE FROM system_oauth2_refresh_token WHERE refresh_token = '" + token + "'");

        assertThat(databases.run("plan").out()).contains("would end session");
        assertThat(databases.target.rows("SELECT end_reason FROM auth_session")).containsExactly("null");
        databases.run("apply");

        assertThat(databases.target.rows("SELECT end_reason FROM auth_session")).containsExactly("LOGOUT");
        assertThat(databases.target.rows("SELECT reason, applied_at FROM revoked_token"))
                .containsExactly("LOGOUT null");
        assertThat(databases.target.rows("SELECT digest FROM access_token UNION SELECT digest FROM refresh_token"))
                .isEmpty();
    }

    @Test
    void applyWhenTheSessionWasRefreshedThenItIsLeftAlone() throws Exception {
        String token = login(1, 2, "default", now.plusDays(30), token());
        databases.run("apply");
        databases.target.execute("UPDATE refresh_token SET used_at = UTC_TIMESTAMP(3)");
        databases.source.execute("DELETE FROM system_oauth2_refresh_token WHERE refresh_token = '" + token + "'");

        databases.run("apply");
        assertThat(databases.run("undo").out()).contains("keep session", "keep account 1: has a session");

        assertThat(databases.target.rows("SELECT end_reason FROM auth_session")).containsExactly("null");
    }

    @Test
    void applyWhenTheSourceDisablesAUserOrChangesRolesThenAllSessionsEnd() throws Exception {
        login(1, 2, "default", now.plusDays(30), token());
        databases.yudaoUser(3, "other", 0, 1);
        login(3, 2, "default", now.plusDays(30), token());
        databases.run("apply");
        databases.target.execute("UPDATE refresh_token SET used_at = UTC_TIMESTAMP(3)");
        databases.source.execute("UPDATE system_users SET status = 1 WHERE id = 1");
        databases.source.execute("INSERT INTO system_role (id, name, code) VALUES (1, 'a', 'common')");
        databases.source.execute("INSERT INTO system_user_role (user_id, role_id) VALUES (3, 1)");

        databases.run("apply");

        assertThat(databases.target.rows("SELECT end_reason FROM auth_session ORDER BY user_id"))
                .containsExactly("ACCOUNT_DISABLED", "ROLES_CHANGED");
        assertThat(databases.target.rows("SELECT digest FROM access_token")).isEmpty();
        assertThat(databases.target.rows("SELECT reason FROM revoked_token WHERE applied_at IS NULL"))
                .hasSize(2);
    }

    /** The tables of yudao still have the login of somebody who has logged out at the gateway. */
    @Test
    void undoAndApplyWhenTheUserHasLoggedOutThenNotLoggedInAgain() throws Exception {
        login(1, 2, "default", now.plusDays(30), token());
        databases.run("apply");
        databases.target.execute("UPDATE auth_session SET ended_at = UTC_TIMESTAMP(3), end_reason = 'LOGOUT'");
        databases.target.execute("DELETE FROM refresh_token");
        databases.target.execute("DELETE FROM access_token");

        assertThat(databases.run("apply").out()).contains("unchanged tokens: 1");
        assertThat(databases.run("undo").out()).contains("keep session", "has ended in the gateway");
        databases.target.execute("DELETE FROM auth_session");
        databases.target.execute("DELETE FROM imported_token");
        assertThat(databases.run("apply").exitCode()).isZero();

        assertThat(databases.target.rows("SELECT id FROM auth_session")).isEmpty();
        assertThat(databases.target.rows("SELECT digest FROM access_token UNION SELECT digest FROM refresh_token"))
                .isEmpty();
    }

    @Test
    void clientsThenOnlyThoseThatTheGatewayCanServe() throws Exception {
        databases.source.execute("INSERT INTO system_oauth2_client (client_id, secret, name, status,"
                + " access_token_validity_seconds, refresh_token_validity_seconds, authorized_grant_types, scopes) VALUES"
                + " ('default', 'admin123', 'a', 0, 1800, 2592000, '[\"password\"]', '[]'),"
                + " ('good', '" + "s".repeat(32) + "', 'b', 0, 1800, 2592000,"
                + "   '[\"authorization_code\",\"refresh_token\"]', '[\"user.read\"]'),"
                + " ('weak', 'test', 'c', 0, 1800, 2592000, '[\"client_credentials\"]', NULL),"
                + " ('code', '" + "s".repeat(32) + "', 'd', 0, 1800, 2592000, '[\"authorization_code\"]', NULL)");
        login(1, 2, "good", now.plusDays(30), token());

        var run = databases.run("apply");

        assertThat(run.out())
                .contains("import client good: grants [REFRESH_TOKEN], without [authorization_code]")
                .contains("skip client default")
                .contains("skip client weak: the secret has 4 characters")
                .contains("skip client code: none of its grants")
                .contains("import session 1")
                .doesNotContain("ssss");
        assertThat(databases.target.rows("SELECT client_id, scopes FROM auth_session"))
                .containsExactly("good user.read");
        assertThat(databases.target.rows("SELECT id, access_ttl_ms FROM oauth_client"))
                .containsExactly("good 1800000");

        databases.target.execute("UPDATE oauth_client SET status = 'DISABLED'");
        String later = login(1, 2, "good", now.plusDays(30), token());
        assertThat(databases.run("apply").out()).contains("its client good was not imported with the grant");
        databases.source.execute("DELETE FROM system_oauth2_refresh_token WHERE refresh_token = '" + later + "'");
        databases.target.execute("UPDATE oauth_client SET status = 'ENABLED'");

        assertThat(databases.run("undo").out()).contains("remove client good", "remove account 1");
        assertThat(databases.target.rows("SELECT id FROM oauth_client")).isEmpty();
    }

    @Test
    void applyWhenTheLoginIsOlderThanANewPasswordInTheGatewayThenNoSession() throws Exception {
        databases.run("apply");
        databases.target.execute("INSERT INTO login_log (id, type, result, user_id, username, ip, created_at) VALUES"
                + " (UUID(), 'PASSWORD_RESET', 'SUCCESS', '1', 'admin', '::1', UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)");
        login(1, 2, "default", now.plusDays(30), token());

        assertThat(databases.run("apply").out())
                .contains("skip session 1 of account 1: it is older than a new password");
        assertThat(databases.target.rows("SELECT id FROM auth_session")).isEmpty();

        databases.target.execute("UPDATE login_log SET created_at = UTC_TIMESTAMP(3) - INTERVAL 1 DAY");
        assertThat(databases.run("apply").out()).contains("import session 1 of account 1");
    }

    @Test
    void applyWhenTheGatewayHasDisabledTheAccountThenNoSession() throws Exception {
        databases.run("apply");
        databases.target.execute("UPDATE account SET status = 'DISABLED' WHERE id = '1'");
        login(1, 2, "default", now.plusDays(30), token());

        assertThat(databases.run("apply").out())
                .contains("skip session 1 of account 1: the account was not imported, or is disabled");

        databases.target.execute("DELETE FROM account WHERE id = '1'");
        assertThat(databases.run("apply").out()).contains("skip session 1 of account 1");
        assertThat(databases.target.rows("SELECT id FROM auth_session")).isEmpty();
    }
}
