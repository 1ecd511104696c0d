package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.WriteRefusal;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;

/** The failure table of the design, line by line, with servers that die and servers that freeze. */
class OutageIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "alice";

    private static final DatabaseServer database = DatabaseServer.start();
    private static RedisServer redis = RedisServer.start();
    private static final GatewayNode node = startNode();
    private static final LogCapture log = LogCapture.of(Logger.ROOT_LOGGER_NAME, Level.WARN);

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        log.close();
        node.close();
        redis.close();
        database.close();
    }

    /** Waits until Redis is trusted again, because no store could answer if the next test stops MySQL during the recovery. */
    @BeforeEach
    void awaitTrust() throws Exception {
        awaitTrue("Redis is trusted", () -> !node.bean(DegradedMode.class).active());
    }

    /** The root cause of a store's failure stands in one line. */
    @AfterEach
    void requireNoStackTraces() {
        assertThat(log.traces()).isEmpty();
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
        // Within its grace.
        assertThat(node.proxied(access(pair))).isEqualTo(200);
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

    /** Returns the sum of a metric's values over all tags that the fragment does not contain. */
    private static double metric(String name, String tags) throws Exception {
        return node.health("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(tags))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static double metric(String name) throws Exception {
        return metric(name, "");
    }

    private static JsonNode stores() throws Exception {
        return GatewayNode.JSON
                .readTree(node.health("/actuator/health").body())
                .get("components")
                .get("stores");
    }

    private static String storesDetail(String name) throws Exception {
        return stores().get("details").get(name).asString();
    }

    private static void awaitAllIsWell() throws Exception {
        awaitTrue(
                "all is well",
                () -> metric("portcullis_logins_possible") == 1
                        && metric("portcullis_logouts_possible") == 1
                        && metric("portcullis_degraded") == 0
                        && stores().get("status").asString().equals("UP"));
        assertThat(storesDetail("checks")).isEqualTo("in Redis");
        assertThat(storesDetail("logins")).isEqualTo("possible");
        assertThat(storesDetail("logouts")).isEqualTo("possible");
    }

    private static void assertServes() throws Exception {
        assertThat(stores().get("status").asString()).isEqualTo("DEGRADED");
        assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    private static Connection openDatabase() throws SQLException {
        URI uri = URI.create(database.r2dbcUrl().substring("r2dbc:".length()));
        String mode = String.valueOf(uri.getQuery()).contains("required")
                ? "sslMode=trust"
                : "sslMode=disable&allowPublicKeyRetrieval=true";
        return DriverManager.getConnection(
                "jdbc:mariadb://%s:%d%s?%s".formatted(uri.getHost(), uri.getPort(), uri.getPath(), mode),
                database.username(),
                database.password());
    }

    @ParameterizedTest
    @EnumSource
    void healthWhenRedisRefusesWritesThenNoSessionCanBeEndedAndTheReasonIsTold(WriteRefusal refusal) throws Exception {
        awaitAllIsWell();
        double entered = metric("portcullis_degraded_entered_total");
        refusal.begin(redis);
        try {
            awaitTrue("noticed", () -> metric("portcullis_degraded") == 1);
            awaitTrue("no logouts", () -> metric("portcullis_logouts_possible") == 0);

            assertThat(metric("portcullis_degraded_entered_total")).isGreaterThan(entered);
            assertThat(metric("portcullis_logins_possible")).isEqualTo(1);
            assertThat(storesDetail("checks")).startsWith("in MySQL: ");
            assertThat(storesDetail("logouts")).startsWith("not possible: Redis ");
            assertThat(storesDetail("logins")).isEqualTo("possible");
            assertServes();
        } finally {
            refusal.end(redis);
        }
        awaitAllIsWell();
    }

    @Test
    void healthWhenRedisIsFrozenAndNobodyCallsThenDegraded() throws Exception {
        awaitAllIsWell();
        Signals.stop(redis.pid());
        try {
            awaitTrue("noticed", () -> metric("portcullis_degraded") == 1);
            awaitTrue("no logouts", () -> metric("portcullis_logouts_possible") == 0);
            assertThat(storesDetail("logouts")).isEqualTo("not possible: Redis does not answer in time");
            assertServes();
        } finally {
            Signals.resume(redis.pid());
        }
        awaitAllIsWell();
    }

    @Test
    void healthWhenMySqlAnswersReadsAndTakesNoWritesThenNobodyCanLogIn() throws Exception {
        awaitAllIsWell();
        try (Connection connection = openDatabase();
                Statement statement = connection.createStatement()) {
            statement.execute("FLUSH TABLES WITH READ LOCK");
            try {
                awaitTrue("no logins", () -> metric("portcullis_logins_possible") == 0);
                awaitTrue("a transaction hangs", () -> metric("portcullis_transactions_active") > 0);

                assertThat(metric("portcullis_logouts_possible")).isZero();
                assertThat(storesDetail("logins")).startsWith("not possible: MySQL ");
                assertThat(storesDetail("mysql")).isEqualTo("UP");
                assertServes();
            } finally {
                statement.execute("UNLOCK TABLES");
            }
        }
        awaitAllIsWell();
    }

    @Test
    void healthWhenOnlyLoginsFailInMySqlThenTheyTellAndNotTheProbe() throws Exception {
        awaitAllIsWell();
        try (Connection connection = openDatabase();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TRIGGER full_disk BEFORE INSERT ON auth_session FOR EACH ROW"
                    + " SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'");
            try {
                assertRetryLater(login());

                assertThat(metric("portcullis_logins_possible")).isZero();
                assertThat(storesDetail("logins"))
                        .startsWith("not possible: MySQL fails")
                        .contains("1114")
                        .doesNotContain("full");
            } finally {
                statement.execute("DROP TRIGGER full_disk");
            }
        }
        assertThat(login().statusCode()).isEqualTo(200);
        awaitAllIsWell();
    }

    @Test
    void checksWhenAnsweredByEachSourceThenCountedUnderIt() throws Exception {
        awaitAllIsWell();
        JsonNode pair = node.login(user, PASSWORD);
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        double byRedis = metric("portcullis_checks_total", "answered_by=\"redis\"");
        double byNone = metric("portcullis_checks_total", "answered_by=\"none\"");
        double byRefill = metric("portcullis_checks_total", "answered_by=\"refill\"");
        double byMysql = metric("portcullis_checks_total", "answered_by=\"mysql\"");

        assertThat(node.proxied(access(pair))).isEqualTo(200);
        assertThat(node.proxied("pca_garbage")).isEqualTo(401);
        String unused = redis.ask("FLUSHALL");
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        WriteRefusal.OUT_OF_MEMORY.begin(redis);
        try {
            awaitTrue("noticed", () -> metric("portcullis_degraded") == 1);
            assertThat(node.proxied(access(pair))).isEqualTo(200);
        } finally {
            WriteRefusal.OUT_OF_MEMORY.end(redis);
        }

        assertThat(metric("portcullis_checks_total", "answered_by=\"redis\"")).isEqualTo(byRedis + 1);
        assertThat(metric("portcullis_checks_total", "answered_by=\"none\"")).isEqualTo(byNone + 1);
        assertThat(metric("portcullis_checks_total", "answered_by=\"refill\"")).isEqualTo(byRefill + 1);
        assertThat(metric("portcullis_checks_total", "answered_by=\"mysql\"")).isEqualTo(byMysql + 1);
        awaitAllIsWell();
    }
}
