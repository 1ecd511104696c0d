package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import java.sql.SQLException;

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
        Await.until(condition, () -> rows(condition) > 0);
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
