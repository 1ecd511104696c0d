package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Logins, refreshes and logouts that use all of their connections to MySQL stop neither the checks nor the way back to Redis. */
@Timeout(120)
@Tag("database-independent")
class BusyPoolIT {
    /** The connections of logins, refreshes and logouts. Checks have as many. */
    private static final int CONNECTIONS = 4;

    private static final String MAX_CONNECTIONS = "--portcullis.mysql.max-connections=" + 2 * CONNECTIONS;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void recoveryWhenAllConnectionsAreInUseThenRedisIsTrustedAgain() {
        try (RedisServer redis = RedisServer.start();
                GatewayNode node = GatewayNode.start(
                        MAX_CONNECTIONS,
                        "--spring.data.redis.host=" + redis.host(),
                        "--spring.data.redis.port=" + redis.port())) {
            node.awaitTrust();
            ConnectionPool pool = node.bean("connectionPool", ConnectionPool.class);
            List<Connection> inUse = acquireAll(pool);
            try {
                RedisConnections connections = node.bean(RedisConnections.class);
                long disruptions = connections.disruptionCount();

                var unused = redis.execute("CLIENT", "KILL", "TYPE", "normal");
                Await.until("a disruption", () -> connections.disruptionCount() > disruptions);
                node.awaitTrust();

                assertThat(acquired(pool)).isEqualTo(CONNECTIONS);
            } finally {
                closeAll(inUse);
            }
        }
    }

    @Test
    void checkWhenAllConnectionsAreInUseAndRedisIsGoneThenServed() throws Exception {
        RedisServer redis = RedisServer.start();
        try (GatewayNode node = GatewayNode.start(
                MAX_CONNECTIONS,
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port())) {
            node.awaitTrust();
            String token =
                    node.login("admin", "admin-demo-pass").get("accessToken").asString();
            List<Connection> inUse = acquireAll(node.bean("connectionPool", ConnectionPool.class));
            try {
                redis.close();

                Await.until("the node has noticed", () -> node.proxied(token) == 200);
                for (int i = 0; i < 20; i++) {
                    assertThat(node.proxied(token)).isEqualTo(200);
                }
                assertThat(node.health("/actuator/health/readiness").statusCode())
                        .isEqualTo(200);
            } finally {
                closeAll(inUse);
            }
        } finally {
            redis.close();
        }
    }

    /** Refreshes are what clients begin by themselves, and again after each 503. */
    @Test
    void logoutWhenMoreRefreshesHangThanThereAreConnectionsThenServed() throws Exception {
        try (GatewayNode node = GatewayNode.start(MAX_CONNECTIONS, "--portcullis.mysql.acquire-timeout=1s")) {
            ConnectionPool pool = node.bean("connectionPool", ConnectionPool.class);
            List<JsonNode> sessions = new ArrayList<>();
            for (int i = 0; i < 3 * CONNECTIONS; i++) {
                sessions.add(node.login("admin", "admin-demo-pass"));
            }
            String other =
                    node.login("admin", "admin-demo-pass").get("accessToken").asString();
            List<CompletableFuture<Integer>> refreshes = new ArrayList<>();
            try (var database = GatewayNode.openDatabase();
                    var lock = database.prepareStatement("SELECT id FROM auth_session WHERE id = ? FOR UPDATE")) {
                database.setAutoCommit(false);
                for (JsonNode session : sessions) {
                    lock.setString(1, session.get("sessionId").asString());
                    assertThat(lock.executeQuery().next()).isTrue();
                    refreshes.add(CompletableFuture.supplyAsync(() -> refresh(node, session)));
                }
                Await.until("refreshes wait for locks", () -> acquired(pool) >= CONNECTIONS - 1);

                var response = node.call("POST", "/system/auth/logout", other, null);
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                database.rollback();
            }
            refreshes.forEach(CompletableFuture::join);
        }
    }

    private static List<Connection> acquireAll(ConnectionPool pool) {
        return Flux.range(0, CONNECTIONS)
                .concatMap(i -> pool.create())
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private static void closeAll(List<Connection> connections) {
        Flux.fromIterable(connections).concatMap(Connection::close).blockLast(LIMIT);
    }

    private static int acquired(ConnectionPool pool) {
        return pool.getMetrics().orElseThrow().acquiredSize();
    }

    private static int refresh(GatewayNode node, JsonNode session) {
        try {
            return node.refresh(session.get("refreshToken").asString()).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
