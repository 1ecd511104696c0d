package io.portcullis.core.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What Lettuce has to be told, because its defaults favour queueing and patience over a quick, certain answer. */
final class LettuceSettings {
    /** Commands in flight on a connection; more than that means that Redis does not keep up, and queueing would not help. */
    private static final int REQUEST_QUEUE_SIZE = 10_000;

    private static final Duration TCP_USER_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration KEEP_ALIVE_IDLE = Duration.ofSeconds(5);
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(15);
    private static final Duration ADAPTIVE_REFRESH_PAUSE = Duration.ofSeconds(1);
    private static final Duration MIN_RECONNECT_DELAY = Duration.ofMillis(50);
    private static final Duration MAX_RECONNECT_DELAY = Duration.ofMillis(500);

    private LettuceSettings() {}

    static ClientResources resources(EventBus events) {
        return ClientResources.builder()
                .eventBus(events)
                // By default it backs off to 30 s, so that a Redis that is back would stay unused for as long.
                .reconnectDelay(Delay.equalJitter(
                        MIN_RECONNECT_DELAY,
                        MAX_RECONNECT_DELAY,
                        MIN_RECONNECT_DELAY.toMillis(),
                        TimeUnit.MILLISECONDS))
                .build();
    }

    static ClientOptions options(RedisSettings settings) {
        return apply(ClientOptions.builder(), settings).build();
    }

    static ClusterClientOptions clusterOptions(RedisSettings settings) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        // The shared setters return the base type; what they set stays in this builder.
        var unused = apply(builder, settings);
        // Adaptive triggers are on by default, the periodic refresh is not.
        return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .adaptiveRefreshTriggersTimeout(ADAPTIVE_REFRESH_PAUSE)
                        .build())
                .build();
    }

    private static ClientOptions.Builder apply(ClientOptions.Builder builder, RedisSettings settings) {
        return builder.autoReconnect(true)
                // By default commands queue without bound while disconnected, and are sent long after anybody waits.
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(REQUEST_QUEUE_SIZE)
                // They may relax timeouts to 10 s.
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.enabled(settings.commandTimeout()))
                .socketOptions(socketOptions(settings));
    }

    private static SocketOptions socketOptions(RedisSettings settings) {
        return SocketOptions.builder()
                .connectTimeout(settings.connectTimeout())
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(KEEP_ALIVE_IDLE)
                        .interval(KEEP_ALIVE_INTERVAL)
                        .count(2)
                        .build())
                // Without it a peer behind a black hole looks connected for minutes. Only native epoll can set it.
                .tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                        .enable(EpollProvider.isAvailable())
                        .tcpUserTimeout(TCP_USER_TIMEOUT)
                        .build())
                .build();
    }

    /** The URI of a server, or of the sentinels that name it. */
    static RedisURI uri(RedisSettings settings) {
        RedisSettings.Sentinel sentinel = settings.sentinel();
        if (sentinel == null) {
            return node(settings, new RedisSettings.Node(settings.host(), settings.port()));
        }
        RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(sentinel.master());
        sentinel.nodes().forEach(node -> builder.withSentinel(sentinelUri(settings, sentinel, node)));
        return authenticated(builder, settings);
    }

    static List<RedisURI> clusterUris(RedisSettings settings) {
        return settings.clusterNodes().stream()
                .map(node -> node(settings, node))
                .toList();
    }

    private static RedisURI node(RedisSettings settings, RedisSettings.Node node) {
        return authenticated(RedisURI.builder().withHost(node.host()).withPort(node.port()), settings);
    }

    private static RedisURI sentinelUri(
            RedisSettings settings, RedisSettings.Sentinel sentinel, RedisSettings.Node node) {
        RedisURI.Builder builder = RedisURI.builder()
                .withHost(node.host())
                .withPort(node.port())
                .withSsl(settings.ssl())
                .withTimeout(settings.connectTimeout());
        String password = sentinel.password();
        return (password == null ? builder : builder.withPassword(password.toCharArray())).build();
    }

    private static RedisURI authenticated(RedisURI.Builder builder, RedisSettings settings) {
        builder.withSsl(settings.ssl())
                .withDatabase(settings.database())
                // The handshake's limit: that of commands is in the options.
                .withTimeout(settings.connectTimeout());
        String username = settings.username();
        String password = settings.password();
        if (password == null) {
            return builder.build();
        }
        return (username == null
                        ? builder.withPassword(password.toCharArray())
                        : builder.withAuthentication(username, password.toCharArray()))
                .build();
    }
}
