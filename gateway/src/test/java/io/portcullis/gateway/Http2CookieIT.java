package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests the silent refresh of a cookie session on a stream of HTTP/2. */
@Tag("database-independent")
class Http2CookieIT {
    private static final String PASSWORD = "some-demo-pass";

    @AutoClose
    private static final GatewayNode node =
            GatewayNode.start("--server.http2.enabled=true", "--portcullis.http.cookies=on");

    private static int rows(String session, String condition) throws Exception {
        return GatewayNode.count("SELECT COUNT(*) FROM refresh_token WHERE session_id = ? AND " + condition, session);
    }

    @Test
    void requestWhenItsAccessCookieIsMissingThenRefreshedAndTheDeliveryIsNoticed() throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        var browser = new Browser();
        String session = GatewayNode.data(browser.login(node, user, PASSWORD))
                .get("sessionId")
                .asString();
        String cookie = browser.without(Browser.ACCESS).header();
        try (RawHttp2 client = RawHttp2.open(node.uri("/"))) {
            // Clients split the cookies among several fields (RFC 9113 section 8.2.3).
            var response = client.get("/api/echo/a", "cookie", "a=1", "cookie", cookie, "cookie", "b=2");

            assertThat(response.result()).isEqualTo("200");
            assertThat(response.headers()).contains(Browser.ACCESS + "=pca_", Browser.REFRESH + "=pcr_");
            assertThat(response.body())
                    .contains("X-Session-Id", session, "a=1; b=2")
                    .doesNotContain("pca_", "pcr_", "portcullis_");
            Await.until(
                    "the grace window has begun", () -> rows(session, "used_at IS NOT NULL AND NOT undelivered") == 1);
        }
    }
}
