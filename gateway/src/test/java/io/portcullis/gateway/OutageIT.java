package io.portcullis.gateway;

import static io.portcullis.gateway.OutageNode.access;
import static io.portcullis.gateway.OutageNode.assertRetryLater;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TextMessageLogin;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tests the failure table of docs/design.md, line by line, with servers that die and servers that freeze. */
class OutageIT {
    private static final TextMessageLogin textMessages = TextMessageLogin.start();
    private static final OutageNode outage = OutageNode.start(routes());
    private static final GatewayNode node = outage.node();

    @AfterAll
    static void close() {
        outage.close();
        textMessages.close();
    }

    private static String[] routes() {
        return new Routes()
                .add("/api/echo/**", "${SAMPLE_SERVICES_URI}", "metadata.signed-identity=true")
                .add("/public/echo/**", "${SAMPLE_SERVICES_URI}", "metadata.auth=none")
                .add("/login/sms/**", textMessages.uri(), "metadata.auth=none", "metadata.login=true")
                .arguments("--portcullis.http.cookies=on");
    }

    /** Asks the decision endpoint. */
    private static HttpResponse<String> check(String token) throws Exception {
        return node.call("GET", "/system/auth/check", token, null);
    }

    private static HttpResponse<String> loginByTextMessage() throws Exception {
        String phone = "+4912345";
        node.call("POST", "/login/sms/code", null, "{\"phone\":\"" + phone + "\"}");
        String code = textMessages.codeOf(phone).orElseThrow();
        return node.call("POST", "/login/sms", null, "{\"phone\":\"%s\",\"code\":\"%s\"}".formatted(phone, code));
    }

    /** Waits until Redis is trusted again, because no store could answer if the next test stops MySQL during the recovery. */
    @BeforeEach
    void awaitTrust() throws Exception {
        outage.awaitTrust();
    }

    /** The root cause of a store's failure stands in one line. */
    @AfterEach
    void requireNoStackTraces() {
        assertThat(outage.stackTraces()).isEmpty();
    }

    private static HttpResponse<String> logout(JsonNode pair) throws Exception {
        return node.call("POST", "/system/auth/logout", access(pair), null);
    }

    private static void assertServedWithoutRedis(JsonNode before) throws Exception {
        assertThat(node.proxied(access(before))).isEqualTo(200);
        JsonNode pair = GatewayNode.data(outage.tryLogin());
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        JsonNode next = GatewayNode.data(node.refresh(pair.get("refreshToken").asString()));
        assertThat(node.proxied(access(next))).isEqualTo(200);
        // Within its grace.
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        assertThat(node.proxied("pca_garbage")).isEqualTo(401);
        assertThat(node.get("/api/echo/a?ticket=" + node.ticket(access(next))).statusCode())
                .isEqualTo(200);
        assertRetryLater(logout(before));
        assertThat(node.proxied(access(before))).isEqualTo(200);
        assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    private static void assertLogoutAfterwards(JsonNode pair) throws Exception {
        Await.until("logout works again", () -> logout(pair).statusCode() == 200);
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void callsWhenRedisIsFrozenThenMySqlServesAllButLogout() throws Exception {
        JsonNode pair = outage.login();
        Signals.stop(outage.redis().pid());
        try {
            assertServedWithoutRedis(pair);
        } finally {
            Signals.resume(outage.redis().pid());
        }
        assertLogoutAfterwards(pair);
    }

    @Test
    void callsWhenRedisIsGoneThenMySqlServesAllButLogoutAndANodeStarts() throws Exception {
        JsonNode pair = outage.login();
        outage.redis().close();
        try {
            assertServedWithoutRedis(pair);
            try (GatewayNode late = outage.startNode()) {
                assertThat(late.proxied(access(pair))).isEqualTo(200);
                assertThat(late.login(OutageNode.USER, OutageNode.PASSWORD).isNull())
                        .isFalse();
            }
        } finally {
            outage.restartRedis();
        }
        assertLogoutAfterwards(pair);
    }

    @Test
    void callsWhenMySqlIsFrozenThenProxiedAreServedAndTheRestIsToRetry() throws Exception {
        JsonNode pair = outage.login();
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        String ticket = node.ticket(access(pair));
        Signals.stop(outage.database().pid());
        try {
            assertThat(node.proxied(access(pair))).isEqualTo(200);
            assertRetryLater(node.get("/api/echo/a?ticket=" + ticket));
            assertRetryLater(node.call("POST", "/system/auth/ticket", access(pair), null));
            assertThat(node.get("/api/echo/a?ticket=pct_garbage").statusCode()).isEqualTo(401);
            assertThat(node.proxied("pca_garbage")).isEqualTo(401);
            assertThat(node.get("/.well-known/jwks.json").body()).contains("\"crv\":\"P-256\"");
            assertThat(node.call("GET", "/api/echo/a", access(pair), null).body())
                    .containsIgnoringCase("x-identity-token");
            assertThat(check(access(pair)).statusCode()).isEqualTo(200);
            assertThat(check("pca_garbage").statusCode()).isEqualTo(401);
            assertRetryLater(outage.tryLogin());
            HttpResponse<String> bySms = loginByTextMessage();
            assertRetryLater(bySms);
            assertThat(bySms.headers().allValues("Set-Cookie")).isEmpty();
            assertThat(bySms.body()).doesNotContain("pca_", "+49");
            assertRetryLater(node.refresh(pair.get("refreshToken").asString()));
            assertRetryLater(logout(pair));
            assertThat(node.proxied(access(pair))).isEqualTo(200);
            assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(200);
        } finally {
            Signals.resume(outage.database().pid());
        }
        Await.until("login works again", () -> outage.tryLogin().statusCode() == 200);
        assertLogoutAfterwards(pair);
    }

    @Test
    void cookiesWhenMySqlIsFrozenThenKeptUntilTheSessionCanBeRefreshed() throws Exception {
        Browser browser = Browser.loggedIn(node, OutageNode.USER, OutageNode.PASSWORD);
        Browser asleep = browser.without(Browser.ACCESS);
        Signals.stop(outage.database().pid());
        try {
            // On a busy machine a process goes on for a while after the signal was sent.
            Await.until("MySQL is frozen", () -> outage.tryLogin().statusCode() == 503);
            assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
            var response = asleep.get(node, "/api/echo/a");
            assertRetryLater(response);
            assertThat(response.headers().allValues("Set-Cookie")).isEmpty();
        } finally {
            Signals.resume(outage.database().pid());
        }

        Await.until(
                "the session is refreshed",
                () -> asleep.get(node, "/api/echo/a").statusCode() == 200);
        assertThat(asleep.value(Browser.ACCESS)).startsWith("pca_");
    }

    @Test
    void loginWhenTheOlderSessionCannotBeEndedThenItSucceeds() throws Exception {
        Browser browser = Browser.loggedIn(node, OutageNode.USER, OutageNode.PASSWORD);
        Signals.stop(outage.redis().pid());
        try {
            Await.until("Redis is frozen", () -> logout(outage.login()).statusCode() == 503);
            assertThat(browser.login(node, OutageNode.USER, OutageNode.PASSWORD).statusCode())
                    .isEqualTo(200);
            assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        } finally {
            Signals.resume(outage.redis().pid());
        }
    }

    @Test
    void callsWhenBothAreFrozenThenAllAreToRetryAndNoneIsRefused() throws Exception {
        JsonNode pair = outage.login();
        Signals.stop(outage.database().pid());
        Signals.stop(outage.redis().pid());
        try {
            assertRetryLater(node.call("GET", "/api/echo/a", access(pair), null));
            assertThat(node.proxied("pca_garbage")).isEqualTo(401);
            assertRetryLater(check(access(pair)));
            assertThat(check("pca_garbage").statusCode()).isEqualTo(401);
            assertThat(node.get("/public/echo/a").statusCode()).isEqualTo(200);
            assertRetryLater(logout(pair));
            assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(node.health("/actuator/health/liveness").statusCode()).isEqualTo(200);
        } finally {
            Signals.resume(outage.redis().pid());
            Signals.resume(outage.database().pid());
        }
        Await.until("login works again", () -> outage.tryLogin().statusCode() == 200);
        Await.until("the session is served again", () -> node.proxied(access(pair)) != 503);
        assertLogoutAfterwards(pair);
    }
}
