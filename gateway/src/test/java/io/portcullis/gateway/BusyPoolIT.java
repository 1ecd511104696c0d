package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** Logins, refreshes and logouts that use all connections to MySQL do not keep a node from trusting Redis again. */
@Timeout(120)
@Tag("database-independent")
class BusyPoolIT {
    private static final int CONNECTIONS = 2;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void recoveryWhenAllConnectionsAreInUseThenRedisIsTrustedAgain() {
        try (RedisServer redis = RedisServer.start();
                GatewayNode node = GatewayNode.start(
                        "--portcullis.mysql.max-connections=" + CONNECTIONS,
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

                assertThat(pool.getMetrics().orElseThrow().acquiredSize()).isEqualTo(CONNECTIONS);
            } finally {
                Flux.fromIterable(inUse).concatMap(Connection::close).blockLast(LIMIT);
            }
        }
    }

    private static List<Connection> acquireAll(ConnectionPool pool) {
        return Flux.range(0, CONNECTIONS)
                .concatMap(i -> pool.create())
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
    }
}
