package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.TcpProxy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/**
 * A gateway is killed (SIGKILL) with work at every step of login, refresh and logout; another one finds whole or nothing (I5), no
 * lock, and can go on.
 *
 * <p>Each piece of work belongs to another user. A proxy holds it exactly at its step, so that one kill meets all of them.
 */
class CrashIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final DatabaseServer database = DatabaseServer.start();
    private static final RedisServer redis = RedisServer.start();
    private static final TcpProxy toDatabase = TcpProxy.to("127.0.0.1", database.port());
    private static final TcpProxy toRedis = TcpProxy.to("127.0.0.1", redis.port());
    private static final GatewayNode node = startNode();
    private static final Map<Step, JsonNode> before = new EnumMap<>(Step.class);

    private enum Work {
        LOGIN,
        REFRESH,
        LOGOUT
    }

    /** Where the work is when the gateway dies. */
    private enum Step {
        LOGIN_BEFORE_SESSION(Work.LOGIN, false, "INSERT INTO auth_session"),
        LOGIN_AFTER_ACCESS_TOKEN(Work.LOGIN, true, "INSERT INTO access_token"),
        LOGIN_AFTER_LOG(Work.LOGIN, true, "INSERT INTO auth_session", "INSERT INTO login_log"),
        LOGIN_BEFORE_COMMIT(Work.LOGIN, false, "INSERT INTO auth_session", "COMMIT"),
        LOGIN_AFTER_COMMIT(Work.LOGIN, true, "INSERT INTO auth_session", "COMMIT"),

        REFRESH_AFTER_LOCK(Work.REFRESH, true, "FOR UPDATE"),
        REFRESH_AFTER_SPENDING(Work.REFRESH, true, "UPDATE refresh_token SET used_at"),
        REFRESH_BEFORE_NEXT_TOKEN(Work.REFRESH, false, "INSERT INTO refresh_token"),
        REFRESH_BEFORE_COMMIT(Work.REFRESH, false, "UPDATE refresh_token SET used_at", "COMMIT"),
        REFRESH_AFTER_COMMIT(Work.REFRESH, true, "UPDATE refresh_token SET used_at", "COMMIT"),

        LOGOUT_AFTER_LOCK(Work.LOGOUT, true, "FOR UPDATE"),
        LOGOUT_AFTER_LEDGER(Work.LOGOUT, true, "INSERT INTO revoked_token"),
        LOGOUT_BEFORE_DELETE(Work.LOGOUT, false, "DELETE t FROM access_token"),
        LOGOUT_BEFORE_COMMIT(Work.LOGOUT, false, "UPDATE auth_session SET ended_at", "COMMIT"),
        LOGOUT_AFTER_COMMIT(Work.LOGOUT, true, "UPDATE auth_session SET ended_at", "COMMIT"),
        // These hold up a node's connection to Redis, so they come last, the second with a gateway of its own.
        LOGOUT_BEFORE_TOMBSTONE(Work.LOGOUT, false),
        LOGOUT_AFTER_TOMBSTONE(Work.LOGOUT, true);

        final Work work;
        final boolean responseHeld;
        /** What is sent one after the other on the connection, separated by bars; the last of it is the step. */
        final String sql;

        Step(Work work, boolean responseHeld, String... sql) {
            this.work = work;
            this.responseHeld = responseHeld;
            this.sql = String.join("|", sql);
        }

        boolean committed() {
            return responseHeld && sql.endsWith("COMMIT");
        }

        boolean inRedis() {
            return sql.isEmpty();
        }

        String user() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static GatewayNode startNode() {
        return GatewayNode.start(stores(database.port(), redis.port()));
    }

    private static String[] stores(int databasePort, int redisPort) {
        return new String[] {
            "--spring.r2dbc.url=" + url(databasePort),
            "--spring.r2dbc.username=" + database.username(),
            "--spring.r2dbc.password=" + database.password(),
            "--spring.data.redis.host=127.0.0.1",
            "--spring.data.redis.port=" + redisPort,
            // Each step holds a connection, of which the logins have half.
            "--portcullis.mysql.max-connections=" + 2 * (Step.values().length + 4),
            // What is held must stay so until the kill.
            "--portcullis.mysql.response-timeout=60s",
            // The refresh that was committed before the kill is tried again last of all.
            "--portcullis.refresh.grace=60s"
        };
    }

    private static String url(int port) {
        return port == database.port() ? database.r2dbcUrl() : DatabaseServer.throughProxy(database.r2dbcUrl(), port);
    }

    @BeforeAll
    static void crash() throws Exception {
        for (Step step : Step.values()) {
            node.createAccount(step.user(), PASSWORD, "user");
            if (step.work != Work.LOGIN) {
                before.put(step, node.login(step.user(), PASSWORD));
            }
        }
        try (GatewayProcess first = victim()) {
            for (Step step : Step.values()) {
                if (step != Step.LOGOUT_AFTER_TOMBSTONE) {
                    hold(first, step);
                }
            }
            kill(first);
        }
        try (GatewayProcess other = victim()) {
            hold(other, Step.LOGOUT_AFTER_TOMBSTONE);
            kill(other);
        }
    }

    private static GatewayProcess victim() throws Exception {
        GatewayProcess victim = GatewayProcess.start(stores(toDatabase.port(), toRedis.port()));
        var health = HttpRequest.newBuilder(victim.managementUri("/actuator/health"));
        Await.until(
                () -> "the gateway has found its stores:\n" + victim.output(),
                LIMIT,
                () -> GatewayNode.send(health).body().contains("\"status\":\"UP\""));
        return victim;
    }

    private static void kill(GatewayProcess victim) throws Exception {
        victim.kill();
        // What a dead machine had not sent never arrives.
        toDatabase.cut();
        toRedis.cut();
        toDatabase.heal();
        toRedis.heal();
    }

    private static void hold(GatewayProcess victim, Step step) throws Exception {
        TcpProxy proxy = step.inRedis() ? toRedis : toDatabase;
        String[] patterns = step.inRedis() ? new String[] {tombstone(step)} : step.sql.split("\\|");
        CompletableFuture<Void> held = step.responseHeld ? proxy.holdResponse(patterns) : proxy.holdRequest(patterns);
        CompletableFuture<HttpResponse<String>> call = begin(victim, step);
        try {
            held.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(step + " was not reached; answered: " + (call.isDone() ? call.get() : "no"), e);
        }
        assertThat(call).as(step.name()).isNotDone();
    }

    /** The command, which no replay of the ledger sends for another token. */
    private static String tombstone(Step step) {
        String key = "portcullis:at:" + digest(access(step));
        return "SET\r\n$%d\r\n%s".formatted(key.length(), key);
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<HttpResponse<String>> begin(GatewayProcess victim, Step step) {
        return switch (step.work) {
            case LOGIN ->
                victim.call(
                        "POST",
                        "/system/auth/login",
                        null,
                        "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(step.user(), PASSWORD));
            case REFRESH -> victim.call("POST", "/system/auth/refresh-token?refreshToken=" + refresh(step), null, null);
            case LOGOUT -> victim.call("POST", "/system/auth/logout", access(step), null);
        };
    }

    private static JsonNode pair(Step step) {
        return Objects.requireNonNull(before.get(step));
    }

    private static String access(Step step) {
        return pair(step).get("accessToken").asString();
    }

    private static String refresh(Step step) {
        return pair(step).get("refreshToken").asString();
    }

    @AfterAll
    static void close() {
        node.close();
        toRedis.close();
        toDatabase.close();
        redis.close();
        database.close();
    }

    private static long count(String sql, Step step) {
        return Objects.requireNonNull(node.bean(DatabaseClient.class)
                .sql(sql.formatted("(SELECT id FROM auth_session WHERE username = '" + step.user() + "')", step.user()))
                .mapValue(Long.class)
                .one()
                .block(LIMIT));
    }

    /** The other counts find tokens by their session, and so none of a session that is not there. */
    private static void assertNoTokenIsWithoutItsSession() {
        for (String table : List.of("access_token", "refresh_token")) {
            String sql = "SELECT COUNT(*) FROM " + table + " WHERE session_id NOT IN (SELECT id FROM auth_session)";
            assertThat(node.bean(DatabaseClient.class)
                            .sql(sql)
                            .mapValue(Long.class)
                            .one()
                            .block(LIMIT))
                    .as(table)
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "LOGIN.*")
    void loginWhenTheGatewayWasKilledThenThereWhollyOrNotAtAll(Step step) throws Exception {
        long expected = step.committed() ? 1 : 0;
        assertThat(count("SELECT COUNT(*) FROM auth_session WHERE id IN %s", step))
                .isEqualTo(expected);
        assertThat(count("SELECT COUNT(*) FROM access_token WHERE session_id IN %s", step))
                .isEqualTo(expected);
        assertThat(count("SELECT COUNT(*) FROM refresh_token WHERE session_id IN %s", step))
                .isEqualTo(expected);
        assertThat(count(
                        "SELECT COUNT(*) FROM login_log WHERE type = 'LOGIN' AND (session_id IN %s OR username = '%s')",
                        step))
                .isEqualTo(expected);
        assertNoTokenIsWithoutItsSession();

        JsonNode next = node.login(step.user(), PASSWORD);
        assertThat(node.proxied(next.get("accessToken").asString())).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "REFRESH.*")
    void refreshWhenTheGatewayWasKilledThenTheNextYieldsTheOnePair(Step step) throws Exception {
        assertThat(count("SELECT COUNT(*) FROM refresh_token WHERE session_id IN %s", step))
                .isEqualTo(step.committed() ? 2 : 1);
        if (!step.committed()) {
            assertThat(node.proxied(access(step))).isEqualTo(200);
        }

        HttpResponse<String> response = node.refresh(refresh(step));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String next = GatewayNode.data(response).get("accessToken").asString();
        assertThat(node.proxied(next)).isEqualTo(200);
        assertThat(count(
                        "SELECT COUNT(*) FROM access_token WHERE superseded_at IS NOT NULL AND session_id IN %s", step))
                .isEqualTo(1);
        assertThat(count("SELECT COUNT(*) FROM refresh_token WHERE used_at IS NULL AND session_id IN %s", step))
                .isEqualTo(1);
        assertThat(count("SELECT COUNT(*) FROM access_token WHERE superseded_at IS NULL AND session_id IN %s", step))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "LOGOUT.*")
    void logoutWhenTheGatewayWasKilledThenWholeUntilTriedAgain(Step step) throws Exception {
        assertThat(count("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NOT NULL AND id IN %s", step))
                .isEqualTo(step.committed() ? 1 : 0);
        assertThat(count("SELECT COUNT(*) FROM access_token WHERE session_id IN %s", step))
                .isEqualTo(step.committed() ? 0 : 1);
        assertThat(count("SELECT COUNT(*) FROM refresh_token WHERE session_id IN %s", step))
                .isEqualTo(step.committed() ? 0 : 1);
        if (step == Step.LOGOUT_BEFORE_COMMIT || step == Step.LOGOUT_AFTER_TOMBSTONE) {
            // The tombstone stays in Redis: deleting too much is safer than too little. A check that MySQL answers,
            // because
            // Redis was slow, still finds a live token.
            Await.until("the node finds the tombstone", () -> node.proxied(access(step)) == 401);
        } else {
            assertThat(node.proxied(access(step))).isEqualTo(step.committed() ? 401 : 200);
        }

        HttpResponse<String> again = node.call("POST", "/system/auth/logout", access(step), null);

        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(node.proxied(access(step))).isEqualTo(401);
        assertThat(node.refresh(refresh(step)).statusCode()).isEqualTo(401);
    }
}
