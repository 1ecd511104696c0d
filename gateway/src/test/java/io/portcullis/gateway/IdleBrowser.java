package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.EventLoops;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A browser whose access cookie has run out.
 *
 * @param session the id of its session
 */
record IdleBrowser(Browser browser, String session) {
    static IdleBrowser at(GatewayNode node, String username, String password) throws Exception {
        Browser browser = Browser.loggedIn(node, username, password);
        String session = GatewayNode.data(browser.get(node, "/system/auth/me"))
                .get("sessionId")
                .asString();
        return new IdleBrowser(browser.without(Browser.ACCESS), session);
    }

    /** Returns another request of the same browser, which has the same cookies. */
    Browser tab() {
        return browser.without(Browser.ACCESS);
    }

    /** Returns the number of refresh tokens of the session in MySQL that meet a condition in SQL. */
    int rows(String condition) throws SQLException {
        return GatewayNode.count("SELECT COUNT(*) FROM refresh_token WHERE session_id = ? AND " + condition, session);
    }

    /** Waits until a refresh token of the session meets a condition in SQL. */
    void await(String condition) throws Exception {
        Await.until(() -> condition + ", but " + describe(), Duration.ofSeconds(30), () -> rows(condition) > 0);
    }

    /** Returns what MySQL has, and who may be at fault: transactions that hold or await locks, and event loops that are busy. */
    private String describe() {
        try (var database = GatewayNode.openDatabase()) {
            return texts(
                            database,
                            "SELECT CONCAT('generation ', generation, ' used at ', COALESCE(used_at, '-'),"
                                    + " IF(undelivered, ' undelivered', '')) FROM refresh_token WHERE session_id = '"
                                    + session
                                    + "'")
                    + "; now " + texts(database, "SELECT UTC_TIMESTAMP(3)")
                    + "; transactions "
                    + texts(
                            database,
                            "SELECT CONCAT_WS(' ', trx_mysql_thread_id, trx_state, trx_started, trx_rows_modified, LEFT(trx_query, 60))"
                                    + " FROM information_schema.innodb_trx")
                    + "; " + EventLoops.describe();
        } catch (SQLException e) {
            return e.toString();
        }
    }

    private static List<String> texts(Connection database, String sql) throws SQLException {
        try (var statement = database.createStatement();
                var found = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (found.next()) {
                texts.add(found.getString(1));
            }
            return texts;
        }
    }

    /** Lets the time of a grace window pass for the spent refresh token. */
    void passGrace() throws SQLException {
        try (var database = GatewayNode.openDatabase();
                var update = database.prepareStatement(
                        "UPDATE refresh_token SET used_at = used_at - INTERVAL 1 HOUR WHERE session_id = ? AND used_at IS NOT NULL")) {
            update.setString(1, session);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
