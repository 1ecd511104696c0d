package io.portcullis.gateway.config;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSessionEndSignal;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.session.SessionEndSignal;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.gateway.observe.StoreProbe;
import io.portcullis.gateway.startup.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/**
 * Creates the adapter to Redis from Spring Boot's properties {@code spring.data.redis}. If Redis is unreachable, the gateway
 * still starts, in degraded mode.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DataRedisProperties.class)
class RedisConfiguration {
    /** Qualifies the cache with which {@link RecoveryConfiguration} probes and repairs Redis. */
    static final String UNGUARDED = "unguarded";

    /** Qualifies the cache that {@link RecoveryConfiguration} guards with the breaker and degraded mode. */
    static final String ACKNOWLEDGED = "acknowledged";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** Connects on the event loops that serve requests, so that a check stays on its request's thread. */
    @Bean(destroyMethod = "close")
    RedisConnections redisConnections(
            DataRedisProperties redis, RedisProperties properties, ReactorResourceFactory reactor) {
        String url = redis.getUrl();
        if (url != null) {
            throw new ConfigurationException(
                    "spring.data.redis.url is not supported.",
                    "Write spring.data.redis.host, port, password and ssl.enabled instead.");
        }
        return RedisConnections.create(
                settings(redis, properties), reactor.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE));
    }

    private static RedisSettings settings(DataRedisProperties redis, RedisProperties portcullisRedis) {
        return new RedisSettings(
                redis.getHost(),
                redis.getPort(),
                redis.getUsername(),
                redis.getPassword(),
                redis.getDatabase(),
                redis.getSsl().isEnabled(),
                new RedisSettings.Timeouts(
                        Objects.requireNonNullElse(redis.getConnectTimeout(), CONNECT_TIMEOUT),
                        portcullisRedis.commandTimeout(),
                        portcullisRedis.writeTimeout(),
                        portcullisRedis.tcpUserTimeout()),
                sentinel(redis.getSentinel()),
                redis.getCluster() == null
                        ? List.of()
                        : nodes(redis.getCluster().getNodes()));
    }

    private static RedisSettings.@Nullable Sentinel sentinel(DataRedisProperties.@Nullable Sentinel sentinel) {
        if (sentinel == null) {
            return null;
        }
        String master = sentinel.getMaster();
        if (master == null) {
            throw new ConfigurationException(
                    "spring.data.redis.sentinel.master is missing.", "Write the master's name, such as mymaster.");
        }
        return new RedisSettings.Sentinel(
                master, nodes(sentinel.getNodes()), sentinel.getUsername(), sentinel.getPassword());
    }

    private static List<RedisSettings.Node> nodes(@Nullable List<String> addresses) {
        return addresses == null
                ? List.of()
                : addresses.stream().map(RedisSettings.Node::parse).toList();
    }

    /** Creates a cache that uses Redis also while it is not trusted, and that does not wait for replicas. */
    @Bean
    @Qualifier(UNGUARDED)
    AccessTokenCache redisCache(RedisConnections connections, RedisProperties properties) {
        return new RedisAccessTokenCache(connections, null, properties.format());
    }

    /** Creates a cache whose tombstones count as written only after the configured number of replicas has acknowledged them. */
    @Bean
    @Qualifier(ACKNOWLEDGED)
    AccessTokenCache acknowledgedCache(RedisConnections connections, RedisProperties properties) {
        return new RedisAccessTokenCache(
                connections,
                connections.acknowledgement(properties.waitReplicas(), properties.waitTimeout()),
                properties.format());
    }

    @Bean
    SessionEndSignal sessionEndSignal(RedisConnections connections) {
        return new RedisSessionEndSignal(connections);
    }

    @Bean
    MeterBinder redisMetrics(RedisConnections connections) {
        return registry -> Gauge.builder(
                        "portcullis.redis.connections.missing", connections, RedisConnections::missingConnections)
                .description("Connections of this node to Redis that are not open")
                .register(registry);
    }

    /** Reads a missing key, as a check does, because a node that refuses reads may still answer a ping. */
    @Bean
    StoreProbe redisProbe(AccessTokenCache cache) {
        return new StoreProbe("redis", () -> cache.find("health").then());
    }
}
