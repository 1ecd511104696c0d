package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
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
        Await.until(() -> condition + ", but " + rows(), Duration.ofSeconds(30), () -> rows(condition) > 0);
    }

    /** Returns the refresh tokens of the session in MySQL, without their digests. */
    private List<String> rows() {
        try (var database = GatewayNode.openDatabase();
                var query = database.prepareStatement(
                        "SELECT CONCAT('generation ', generation, ' used at ', COALESCE(used_at, '-'), IF(undelivered, ' undelivered', ''))"
                                + " FROM refresh_token WHERE session_id = ?")) {
            query.setString(1, session);
            List<String> rows = new ArrayList<>();
            try (var found = query.executeQuery()) {
                while (found.next()) {
                    rows.add(found.getString(1));
                }
            }
            return rows;
        } catch (SQLException e) {
            return List.of(e.toString());
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
