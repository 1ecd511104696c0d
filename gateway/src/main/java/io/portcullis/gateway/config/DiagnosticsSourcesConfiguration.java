package io.portcullis.gateway.config;

import io.portcullis.core.r2dbc.R2dbcNodeRepository;
import io.portcullis.core.r2dbc.R2dbcRevocationLedger;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisVersion;
import io.portcullis.core.sample.Heartbeat;
import io.portcullis.core.sample.NodeIdentity;
import io.portcullis.core.sample.NodeRepository;
import io.portcullis.gateway.admin.Administration;
import io.portcullis.gateway.diagnostics.DiagnosticSources;
import io.portcullis.gateway.diagnostics.GatewayVersion;
import io.portcullis.gateway.diagnostics.PoolState;
import io.portcullis.gateway.diagnostics.StoreDescription;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Creates the heartbeat of this node, and the sources of the diagnostics that need an adapter. Both use the connections of the
 * administration.
 */
@Configuration(proxyBeanMethods = false)
class DiagnosticsSourcesConfiguration {
    private static final int MAX_BACKLOG = 10_000;
    private static final int MAX_TEXT = 64;
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @Bean
    NodeRepository nodeRepository(@Administration DatabaseClient client) {
        return new R2dbcNodeRepository(client);
    }

    @Bean(destroyMethod = "close")
    Heartbeat heartbeat(NodeRepository nodes) {
        return new Heartbeat(nodes);
    }

    /** The name has the port, which is known only when the server listens. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> heartbeatStart(Heartbeat heartbeat, NodeName name) {
        return ready -> heartbeat.start(new NodeIdentity(
                name.value(),
                shortened(GatewayVersion.VALUE),
                shortened(Runtime.version().toString())));
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(MAX_TEXT, text.length()));
    }

    @Bean
    DiagnosticSources diagnosticSources(
            @Administration DatabaseClient client,
            RedisConnections redis,
            DataRedisProperties redisProperties,
            ListableBeanFactory beans,
            NodeRepository nodes,
            NodeName name,
            Clock clock) {
        var ledger = new R2dbcRevocationLedger(client);
        var redisVersion = new RedisVersion(redis);
        return new DiagnosticSources(
                List.of(
                        new StoreDescription("mysql", "server", () -> version(client)),
                        new StoreDescription("redis", kind(redisProperties), () -> redisVersion.find(LIMIT))),
                () -> pools(beans),
                redis::missingConnections,
                nodes,
                Mono.defer(() -> ledger.backlog(clock.instant(), MAX_BACKLOG)),
                name::value);
    }

    private static Mono<String> version(DatabaseClient client) {
        return client.sql("SELECT VERSION() AS version")
                .map(row -> Objects.requireNonNullElse(row.get("version", String.class), ""))
                .one();
    }

    private static String kind(DataRedisProperties redis) {
        if (redis.getCluster() != null) {
            return "cluster";
        }
        return redis.getSentinel() != null ? "sentinel" : "server";
    }

    private static List<PoolState> pools(ListableBeanFactory beans) {
        return beans.getBeansOfType(ConnectionPool.class).entrySet().stream()
                .flatMap(pool -> pool.getValue().getMetrics().stream().map(metrics -> state(pool, metrics)))
                .toList();
    }

    private static PoolState state(Map.Entry<String, ConnectionPool> pool, PoolMetrics metrics) {
        return new PoolState(
                pool.getKey(),
                metrics.getMaxAllocatedSize(),
                metrics.allocatedSize(),
                metrics.acquiredSize(),
                metrics.pendingAcquireSize());
    }
}
