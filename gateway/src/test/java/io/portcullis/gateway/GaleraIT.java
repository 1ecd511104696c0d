package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.r2dbc.SchemaMigration;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.GaleraCluster;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.SqlClient;
import io.portcullis.testbed.TcpProxy;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * Three gateway nodes on the three nodes of a Galera cluster, each with another one of them first in its URL, so that all three database
 * nodes are written at the same time.
 */
@Tag("database-independent")
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GaleraIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int ROUNDS = Integer.getInteger("galera.rounds", 30);

    private static GaleraCluster database;
    private static RedisServer redis;
    private static final List<GatewayNode> nodes = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        Optional<String> obstacle = GaleraCluster.obstacle();
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        database = GaleraCluster.start();
        redis = RedisServer.start();
        List<CompletableFuture<Void>> migrations = Stream.of("0 1 2", "1 2 0", "2 0 1")
                .map(order -> CompletableFuture.runAsync(() -> migrate(url(order))))
                .toList();
        migrations.forEach(CompletableFuture::join);
        for (String order : List.of("0 1 2", "1 2 0", "2 0 1")) {
            nodes.add(node(url(order)));
        }
        for (GatewayNode node : nodes) {
            // The first body that a node reads makes Jackson wait for a lock that the nodes of this JVM share.
            JsonNode unused = node.login("admin", "admin-demo-pass");
        }
    }

    private static String url(String order) {
        return database.r2dbcUrl(
                Stream.of(order.split(" ")).mapToInt(Integer::parseInt).toArray());
    }

    /** Gateways that start together migrate the schema one after the other, although each begins at another node of the cluster. */
    private static void migrate(String url) {
        SchemaMigration.migrate(
                url, database.node(0).applicationUsername(), database.node(0).password());
    }

    private static GatewayNode node(String url) {
        return GatewayNode.start(
                "--spring.r2dbc.url=" + url,
                "--spring.r2dbc.username=" + database.node(0).applicationUsername(),
                "--spring.r2dbc.password=" + database.node(0).password(),
                "--spring.data.redis.host=127.0.0.1",
                "--spring.data.redis.port=" + redis.port(),
                "--portcullis.refresh.grace=60s");
    }

    @AfterAll
    static void close() {
        nodes.forEach(GatewayNode::close);
        if (database != null) {
            redis.close();
            database.close();
        }
    }

    @Test
    @Order(1)
    void trafficWhenThreeNodesAreWrittenThenNoPromiseIsBroken() throws Exception {
        FailoverTraffic traffic = FailoverTraffic.start(6, nodes.toArray(GatewayNode[]::new));
        Await.until(
                () -> "logins, but only " + traffic.logins() + "; " + traffic.violations(),
                LIMIT,
                () -> traffic.logins() >= 60);
        traffic.stop();

        assertThat(traffic.violations()).isEmpty();
        try (SqlClient sql = SqlClient.open(database.node(1), database.node(1).r2dbcUrl())) {
            assertThat(sql.rows("SELECT session_id FROM refresh_token WHERE used_at IS NULL"
                            + " GROUP BY session_id HAVING COUNT(*) > 1"))
                    .isEmpty();
        }
    }

    @Test
    @Order(2)
    void refreshWhenAtAllNodesAtOnceThenOneSuccessor() throws Exception {
        nodes.get(0).createAccount("tabs", FailoverTraffic.PASSWORD, "user");
        for (int round = 0; round < ROUNDS; round++) {
            String refresh = login(round, "tabs").get("refreshToken").asString();

            List<HttpResponse<String>> responses = together(List.of(
                    () -> nodes.get(0).refresh(refresh),
                    () -> nodes.get(1).refresh(refresh),
                    () -> nodes.get(2).refresh(refresh)));

            assertThat(responses)
                    .extracting(HttpResponse::statusCode)
                    .as("round %d", round)
                    .doesNotContain(401)
                    .contains(200);
            assertThat(responses.stream()
                            .filter(response -> response.statusCode() == 200)
                            .map(response -> GatewayNode.data(response)
                                    .get("refreshToken")
                                    .asString())
                            .distinct())
                    .hasSize(1);
        }
        assertThat(conflicts())
                .as("transactions that lost against one at another node")
                .isPositive();
    }

    @Test
    @Order(3)
    void logoutWhenARefreshRunsAtAnotherNodeThenNothingLives() throws Exception {
        nodes.get(0).createAccount("leaving", FailoverTraffic.PASSWORD, "user");
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode pair = login(round, "leaving");
            String access = pair.get("accessToken").asString();

            List<HttpResponse<String>> responses = together(List.of(
                    () -> nodes.get(0).call("POST", "/system/auth/logout", access, null),
                    () -> nodes.get(1).refresh(pair.get("refreshToken").asString())));

            assertThat(responses.get(0).statusCode())
                    .as(responses.get(0).body())
                    .isEqualTo(200);
            assertThat(responses.get(1).statusCode()).isIn(200, 401);
            for (GatewayNode node : nodes) {
                assertDead(node, pair);
                if (responses.get(1).statusCode() == 200) {
                    assertDead(node, GatewayNode.data(responses.get(1)));
                }
            }
        }
    }

    /**
     * The reset has read the sessions of the user when a login at another node commits. The lock of the account does not stop that login, but both
     * write the row of that lock, so the reset loses at its commit and is run again.
     */
    @Test
    @Order(4)
    void passwordResetWhenALoginCommitsAtAnotherNodeBeforeThenTheSessionEnds() throws Exception {
        nodes.get(0).createAccount("reset", FailoverTraffic.PASSWORD, "user");
        String path = "/system/account/" + id("reset") + "/password";
        String direct = database.r2dbcUrl(1);
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", database.node(1).port());
                GatewayNode slow = node(direct.replace(":" + database.node(1).port(), ":" + proxy.port()))) {
            String admin =
                    slow.login("admin", "admin-demo-pass").get("accessToken").asString();
            CompletableFuture<Void> held = proxy.holdRequest("UPDATE account SET", "COMMIT");
            CompletableFuture<HttpResponse<String>> reset =
                    begin(() -> slow.call("PUT", path, admin, "{\"password\":\"another-demo-pass\"}"));
            held.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);

            HttpResponse<String> login = GatewayNode.send(nodes.get(0).loginRequest("reset", FailoverTraffic.PASSWORD));
            proxy.heal();

            assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
            assertThat(reset.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS).statusCode())
                    .isEqualTo(200);
            assertDead(nodes.get(2), GatewayNode.data(login));
        }
    }

    /** The access token has its tombstone before the commit. The logout loses against a refresh, and is run again. */
    @Test
    @Order(4)
    void logoutWhenARefreshCommitsAtAnotherNodeBeforeThenBothPairsAreDead() throws Exception {
        nodes.get(0).createAccount("late", FailoverTraffic.PASSWORD, "user");
        String direct = database.r2dbcUrl(1);
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", database.node(1).port());
                GatewayNode slow = node(direct.replace(":" + database.node(1).port(), ":" + proxy.port()))) {
            JsonNode pair = slow.login("late", FailoverTraffic.PASSWORD);
            CompletableFuture<Void> held = proxy.holdRequest("UPDATE auth_session SET ended_at", "COMMIT");
            CompletableFuture<HttpResponse<String>> logout = begin(() -> slow.call(
                    "POST", "/system/auth/logout", pair.get("accessToken").asString(), null));
            held.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);

            HttpResponse<String> refresh =
                    nodes.get(0).refresh(pair.get("refreshToken").asString());
            proxy.heal();

            assertThat(refresh.statusCode()).as(refresh.body()).isEqualTo(200);
            assertThat(logout.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS).statusCode())
                    .isEqualTo(200);
            for (GatewayNode node : nodes) {
                assertDead(node, pair);
                assertDead(node, GatewayNode.data(refresh));
            }
        }
    }

    /** The node is in step and ready, and refuses each statement that names a table. */
    @Test
    @Order(4)
    void loginWhenTheNodeOfTheClusterIsDrainedThenAnotherIsUsed() throws Exception {
        nodes.get(0).createAccount("drained", FailoverTraffic.PASSWORD, "user");
        database.drain(0, true);
        try {
            Await.until(
                    "a login works again",
                    LIMIT,
                    () -> GatewayNode.send(nodes.get(0).loginRequest("drained", FailoverTraffic.PASSWORD))
                                    .statusCode()
                            == 200);
        } finally {
            database.drain(0, false);
        }
    }

    @Test
    @Order(5)
    void trafficWhenANodeOfTheClusterIsKilledThenItGoesOnAtTheOthers() throws Exception {
        nodes.get(0).createAccount("idle", FailoverTraffic.PASSWORD, "user");
        JsonNode idle = nodes.get(0).login("idle", FailoverTraffic.PASSWORD);
        FailoverTraffic traffic = FailoverTraffic.start("killed", 4, nodes.get(0), nodes.get(1));
        Await.until("logins", LIMIT, () -> traffic.logins() >= 8);
        long begun = System.nanoTime();
        database.node(0).crash();
        Await.until("a login works again", LIMIT, () -> {
            assertThat(nodes.get(0).proxied(idle.get("accessToken").asString())).isIn(200, 503);
            return GatewayNode.send(nodes.get(0).loginRequest("idle", FailoverTraffic.PASSWORD))
                            .statusCode()
                    == 200;
        });
        System.out.printf("Galera node killed: first login after %.1f s%n", (System.nanoTime() - begun) / 1e9);
        int before = traffic.logins();
        Await.until(() -> "logins; " + traffic.violations(), LIMIT, () -> traffic.logins() >= before + 16);
        traffic.stop();

        assertThat(traffic.violations()).isEmpty();
    }

    private static long conflicts() throws Exception {
        long sum = 0;
        for (int i = 0; i < nodes.size(); i++) {
            try (SqlClient sql =
                    SqlClient.open(database.node(i), database.node(i).r2dbcUrl())) {
                sum += sql
                        .rows("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN"
                                + " ('WSREP_LOCAL_CERT_FAILURES', 'WSREP_LOCAL_BF_ABORTS')")
                        .stream()
                        .mapToLong(Long::parseLong)
                        .sum();
            }
        }
        System.out.println("Galera conflicts: " + sum);
        return sum;
    }

    private static JsonNode login(int round, String user) throws Exception {
        return nodes.get(round % nodes.size()).login(user, FailoverTraffic.PASSWORD);
    }

    private static String id(String user) throws Exception {
        try (SqlClient sql = SqlClient.open(database.node(0), database.node(0).r2dbcUrl())) {
            return sql.rows("SELECT id FROM account WHERE username = '" + user + "'")
                    .get(0);
        }
    }

    private static void assertDead(GatewayNode node, JsonNode pair) throws Exception {
        String access = pair.get("accessToken").asString();
        Await.until("the access token is refused", () -> {
            int status = node.proxied(access);
            assertThat(status).isIn(401, 503);
            return status == 401;
        });
        assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    private static List<HttpResponse<String>> together(List<Callable<HttpResponse<String>>> calls) {
        List<CompletableFuture<HttpResponse<String>>> running =
                calls.stream().map(GaleraIT::begin).toList();
        return running.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<HttpResponse<String>> begin(Callable<HttpResponse<String>> call) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return call.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
