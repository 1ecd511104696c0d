package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.recovery.DegradedMode;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The failure table of the design, line by line, with servers that die and servers that freeze. */
class OutageIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "alice";

    private static final DatabaseServer database = DatabaseServer.start();
    private static RedisServer redis = RedisServer.start();
    private static final GatewayNode node = startNode();

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        node.close();
        redis.close();
        database.close();
    }

    /** What one test broke may still be on the mend: with MySQL gone as well, nobody could answer. */
    @BeforeEach
    void awaitTrust() throws Exception {
        awaitTrue("Redis is trusted", () -> !node.bean(DegradedMode.class).active());
    }

    private static GatewayNode startNode() {
        return GatewayNode.start(
                "--spring.r2dbc.url=" + database.r2dbcUrl(),
                "--spring.r2dbc.username=" + database.username(),
                "--spring.r2dbc.password=" + database.password(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port());
    }

    private static void awaitTrue(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 15_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static HttpResponse<String> logout(JsonNode pair) throws Exception {
        return node.call("POST", "/system/auth/logout", access(pair), null);
    }

    private static HttpResponse<String> login() throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD);
        return node.call("POST", "/system/auth/login", null, body);
    }

    private static void assertRetryLater(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    private static void assertServedWithoutRedis(JsonNode before) throws Exception {
        assertThat(node.proxied(access(before))).isEqualTo(200);
        JsonNode pair = GatewayNode.data(login());
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        JsonNode next = GatewayNode.data(node.refresh(pair.get("refreshToken").asString()));
        assertThat(node.proxied(access(next))).isEqualTo(200);
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.proxied("pca_garbage")).isEqualTo(401);
        assertRetryLater(logout(before));
        assertThat(node.proxied(access(before))).isEqualTo(200);
        assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    private static void assertLogoutAfterwards(JsonNode pair) throws Exception {
        awaitTrue("logout works again", () -> logout(pair).statusCode() == 200);
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void callsWhenRedisIsFrozenThenMySqlServesAllButLogout() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        Signals.stop(redis.pid());
        try {
            assertServedWithoutRedis(pair);
        } finally {
            Signals.resume(redis.pid());
        }
        assertLogoutAfterwards(pair);
    }

    @Test
    void callsWhenRedisIsGoneThenMySqlServesAllButLogoutAndANodeStarts() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        int port = redis.port();
        redis.close();
        try {
            assertServedWithoutRedis(pair);
            try (GatewayNode late = startNode()) {
                assertThat(late.proxied(access(pair))).isEqualTo(200);
                assertThat(late.login(user, PASSWORD).isNull()).isFalse();
            }
        } finally {
            redis = RedisServer.start(port);
        }
        assertLogoutAfterwards(pair);
    }

    @Test
    void callsWhenMySqlIsFrozenThenProxiedAreServedAndTheRestIsToRetry() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        Signals.stop(database.pid());
        try {
            assertThat(node.proxied(access(pair))).isEqualTo(200);
            assertThat(node.proxied("pca_garbage")).isEqualTo(401);
            assertRetryLater(login());
            assertRetryLater(node.refresh(pair.get("refreshToken").asString()));
            assertRetryLater(logout(pair));
            assertThat(node.proxied(access(pair))).isEqualTo(200);
            assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(200);
        } finally {
            Signals.resume(database.pid());
        }
        awaitTrue("login works again", () -> login().statusCode() == 200);
        assertLogoutAfterwards(pair);
    }

    @Test
    void callsWhenBothAreFrozenThenAllAreToRetryAndNoneIsRefused() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        Signals.stop(database.pid());
        Signals.stop(redis.pid());
        try {
            assertRetryLater(node.call("GET", "/api/echo/a", access(pair), null));
            assertThat(node.proxied("pca_garbage")).isEqualTo(401);
            assertThat(node.get("/public/echo/a").statusCode()).isEqualTo(200);
            assertRetryLater(logout(pair));
            assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(node.health("/actuator/health/liveness").statusCode()).isEqualTo(200);
        } finally {
            Signals.resume(redis.pid());
            Signals.resume(database.pid());
        }
        awaitTrue("login works again", () -> login().statusCode() == 200);
        awaitTrue("the session is served again", () -> node.proxied(access(pair)) != 503);
        assertLogoutAfterwards(pair);
    }
}
