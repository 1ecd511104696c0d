package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.ReplicatedDatabase;
import io.portcullis.testbed.ReplicatedDatabase.Mode;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.SqlClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * A primary and its replica, both in {@code spring.r2dbc.url}, and two nodes under traffic. The replica becomes the primary, because the
 * primary was demoted, killed or stopped.
 */
@Timeout(300)
class MySqlFailoverIT {
    /** Several times the 10 s within which a node finds the new writer, for a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private static final String ADMIN_PAGE = "/system/session/page";

    /** The end of the primary as the writer. */
    private interface Failure {
        void happen(ReplicatedDatabase database);
    }

    @Test
    void trafficWhenThePrimaryBecomesReadOnlyThenItGoesOnAtTheReplica() throws Exception {
        failOver("read-only", Mode.ASYNCHRONOUS, database -> database.primary().setReadOnly(true), database -> {});
    }

    @Test
    void trafficWhenThePrimaryIsKilledThenItGoesOnAtTheReplica() throws Exception {
        failOver(
                "killed",
                Mode.SEMI_SYNCHRONOUS,
                database -> database.primary().crash(),
                ReplicatedDatabase::restartPrimaryReadOnly);
    }

    @Test
    void trafficWhenThePrimaryHangsThenItGoesOnAtTheReplica() throws Exception {
        failOver(
                "stopped",
                Mode.SEMI_SYNCHRONOUS,
                database -> Signals.stop(database.primary().pid()),
                database -> {
                    Signals.resume(database.primary().pid());
                    database.setPrimaryReadOnly();
                });
    }

    @Test
    void loginWhenTheFormerPrimaryTakesOverAgainThenItWorks() throws Exception {
        afterFailover((database, node, idle) -> {
            database.restartPrimaryReadOnly();
            awaitRoleCheck(database.primary());
            database.replica().crash();
            database.primary().setReadOnly(false);
            awaitLogin(node, idle);
        });
    }

    /** The former primary came back as a server that takes writes, and lacks those of the new one. */
    @Test
    void loginWhenTheNewPrimaryHangsThenTheFormerOneIsNotUsed() throws Exception {
        afterFailover((database, node, idle) -> {
            database.restartPrimary();
            awaitRoleCheck(database.primary());
            List<String> before = logins(database.primary());

            Signals.stop(database.replica().pid());
            for (int i = 0; i < 4; i++) {
                assertThat(GatewayNode.send(node.loginRequest("idle", FailoverTraffic.PASSWORD))
                                .statusCode())
                        .isEqualTo(503);
            }
            Signals.resume(database.replica().pid());

            awaitLogin(node, idle);
            assertThat(logins(database.primary())).isEqualTo(before);
        });
    }

    /** What happens after a failover, at a node with an idle session. */
    private interface Sequel {
        void happen(ReplicatedDatabase database, GatewayNode node, JsonNode idle) throws Exception;
    }

    /** Runs the sequel after the primary was killed, and the node uses the former replica. */
    private static void afterFailover(Sequel sequel) throws Exception {
        requireAvailable(Mode.ASYNCHRONOUS);
        try (ReplicatedDatabase database = ReplicatedDatabase.start(Mode.ASYNCHRONOUS);
                RedisServer redis = RedisServer.start();
                GatewayNode node = node(database, redis)) {
            node.createAccount("idle", FailoverTraffic.PASSWORD, "user");
            JsonNode idle = node.login("idle", FailoverTraffic.PASSWORD);
            database.primary().crash();
            database.promoteReplica();
            awaitLogin(node, idle);

            sequel.happen(database, node, idle);
        }
    }

    private static List<String> logins(DatabaseServer server) throws Exception {
        try (SqlClient sql = SqlClient.open(server, server.r2dbcUrl())) {
            return sql.rows("SELECT COUNT(*) FROM login_log");
        }
    }

    /** Waits until the node has asked a server that came back for its role. */
    private static void awaitRoleCheck(DatabaseServer server) throws Exception {
        try (SqlClient sql = SqlClient.open(server, server.r2dbcUrl())) {
            Await.until(
                    "the role check has asked",
                    LIMIT,
                    () -> !connections(sql, server).isEmpty());
            // A new connection sleeps for a moment before it asks.
            TimeUnit.SECONDS.sleep(2);
        }
    }

    private static void requireAvailable(Mode mode) {
        Optional<String> obstacle = ReplicatedDatabase.obstacle(mode);
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    }

    private static void failOver(String name, Mode mode, Failure failure, Failure comeback) throws Exception {
        requireAvailable(mode);
        try (ReplicatedDatabase database = ReplicatedDatabase.start(mode);
                RedisServer redis = RedisServer.start();
                GatewayNode first = node(database, redis);
                GatewayNode second = node(database, redis)) {
            first.createAccount("idle", FailoverTraffic.PASSWORD, "user");
            JsonNode idle = first.login("idle", FailoverTraffic.PASSWORD);
            JsonNode admin = first.login("admin", "admin-demo-pass");
            try (FailoverTraffic traffic = FailoverTraffic.start(4, first, second)) {
                awaitLogins(traffic, 8);
                long begun = System.nanoTime();
                failure.happen(database);
                database.promoteReplica();
                long promoted = System.nanoTime();
                for (GatewayNode node : List.of(first, second)) {
                    awaitLogin(node, idle);
                    report(name, begun, promoted);
                }
                Await.until(
                        "the administration works again",
                        LIMIT,
                        () -> isLive(first.call("GET", ADMIN_PAGE, access(admin), null)));
                awaitLogins(traffic, traffic.logins() + 8);
                comeback.happen(database);
                awaitLogins(traffic, traffic.logins() + 16);
                traffic.stop();
                assertThat(traffic.violations()).isEmpty();
                assertThat(first.refresh(idle.get("refreshToken").asString()).statusCode())
                        .isEqualTo(200);
                assertNoTokenIsDoubled(database);
                assertNoConnectionLeads(database);
            }
        }
    }

    private static GatewayNode node(ReplicatedDatabase database, RedisServer redis) {
        return GatewayNode.start(
                "--spring.r2dbc.url=" + database.r2dbcUrl(),
                "--spring.r2dbc.username=" + database.primary().applicationUsername(),
                "--spring.r2dbc.password=" + database.primary().password(),
                "--spring.data.redis.host=127.0.0.1",
                "--spring.data.redis.port=" + redis.port(),
                // A refresh whose response was lost is tried again.
                "--portcullis.refresh.grace=60s");
    }

    private static void awaitLogins(FailoverTraffic traffic, int number) {
        Await.until(
                () -> number + " logins, but " + traffic.logins() + "; " + traffic.violations(),
                LIMIT,
                () -> traffic.logins() >= number);
    }

    private static void awaitLogin(GatewayNode node, JsonNode idle) {
        Await.until("a login works again", LIMIT, () -> {
            assertThat(node.proxied(access(idle))).isIn(200, 503);
            return GatewayNode.send(node.loginRequest("idle", FailoverTraffic.PASSWORD))
                            .statusCode()
                    == 200;
        });
    }

    private static void report(String name, long begun, long promoted) {
        long now = System.nanoTime();
        System.out.printf(
                "MySQL %s: first login %.1f s after the failure, %.1f s after the promotion%n",
                name, (now - begun) / 1e9, (now - promoted) / 1e9);
    }

    private static boolean isLive(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isIn(200, 503);
        return response.statusCode() == 200;
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static void assertNoTokenIsDoubled(ReplicatedDatabase database) throws Exception {
        try (SqlClient sql =
                SqlClient.open(database.replica(), database.replica().r2dbcUrl())) {
            assertThat(sql.rows("SELECT session_id FROM refresh_token WHERE used_at IS NULL"
                            + " GROUP BY session_id HAVING COUNT(*) > 1"))
                    .isEmpty();
            assertThat(sql.rows("SELECT session_id FROM login_log WHERE type = 'LOGIN'"
                            + " GROUP BY session_id HAVING COUNT(*) > 1"))
                    .isEmpty();
        }
    }

    /** Each node has one connection to the former primary, with which it asks for its role. */
    private static void assertNoConnectionLeads(ReplicatedDatabase database) throws Exception {
        try (SqlClient sql =
                SqlClient.open(database.primary(), database.primary().r2dbcUrl())) {
            Await.until(
                    "only the two role checks are connected",
                    LIMIT,
                    () -> connections(sql, database.primary()).size() <= 2);
        }
    }

    /** Returns the connections of the gateway nodes to a server. */
    private static List<String> connections(SqlClient sql, DatabaseServer server) throws Exception {
        return sql.rows(
                "SELECT id FROM information_schema.processlist WHERE user = '" + server.applicationUsername() + "'");
    }
}
