package io.portcullis.gateway.config;

import io.portcullis.core.redis.RedisAccessTokenStore;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.redis.ReplicaAcknowledgement;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.gateway.observe.StoreProbe;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The adapter to Redis, under Boot's own property names. The gateway also starts without Redis, degraded. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DataRedisProperties.class)
class RedisConfiguration {
    /** The store that {@link RecoveryConfiguration} repairs Redis with. */
    static final String UNGUARDED = "unguarded";

    /** The store that {@link RecoveryConfiguration} guards. */
    static final String ACKNOWLEDGED = "acknowledged";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    @Bean(destroyMethod = "close")
    RedisConnections redisConnections(DataRedisProperties redis, PortcullisProperties properties) {
        String url = redis.getUrl();
        if (url != null) {
            throw new ConfigurationException(
                    "spring.data.redis.url is not read.",
                    "Write spring.data.redis.host, port, password and ssl.enabled instead.");
        }
        return RedisConnections.create(settings(redis, properties.redis()));
    }

    private static RedisSettings settings(DataRedisProperties redis, PortcullisProperties.Redis own) {
        return new RedisSettings(
                redis.getHost(),
                redis.getPort(),
                redis.getUsername(),
                redis.getPassword(),
                redis.getDatabase(),
                redis.getSsl().isEnabled(),
                new RedisSettings.Timeouts(
                        Objects.requireNonNullElse(redis.getConnectTimeout(), CONNECT_TIMEOUT),
                        own.commandTimeout(),
                        own.writeTimeout(),
                        own.tcpUserTimeout()),
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

    /** Talks to Redis whether it is trusted or not, and waits for no replica. */
    @Bean
    @Qualifier(UNGUARDED)
    AccessTokenStore redisStore(RedisConnections connections, PortcullisProperties properties) {
        return store(connections, properties.redis(), null);
    }

    /** As {@link #redisStore}, but a tombstone counts only when so many replicas have it. */
    @Bean
    @Qualifier(ACKNOWLEDGED)
    AccessTokenStore acknowledgedStore(RedisConnections connections, PortcullisProperties properties) {
        PortcullisProperties.Redis own = properties.redis();
        return store(connections, own, connections.acknowledgement(own.waitReplicas(), own.waitTimeout()));
    }

    private static AccessTokenStore store(
            RedisConnections connections,
            PortcullisProperties.Redis own,
            @Nullable ReplicaAcknowledgement acknowledgement) {
        return new RedisAccessTokenStore(
                connections::commands, own.commandTimeout(), own.writeTimeout(), acknowledgement);
    }

    /** Reads a key that never is, as a check does: a ping would not tell a node that refuses reads. */
    @Bean
    StoreProbe redisProbe(AccessTokenStore store) {
        return new StoreProbe("redis", () -> store.find("health").then());
    }
}
