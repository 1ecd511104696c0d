package io.portcullis.core.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Configures Lettuce to fail fast. Its defaults queue commands while disconnected and use long timeouts; a check needs a quick
 * and definite outcome instead, because MySQL can decide.
 */
final class LettuceSettings {
    /**
     * The maximum number of commands in flight per connection. At this number Redis does not keep up, and queueing more does not
     * help.
     */
    private static final int REQUEST_QUEUE_SIZE = 10_000;

    private static final Duration KEEP_ALIVE_IDLE = Duration.ofSeconds(5);
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(5);
    private static final Duration ADAPTIVE_REFRESH_PAUSE = Duration.ofMillis(500);
    private static final Duration MIN_RECONNECT_DELAY = Duration.ofMillis(50);
    private static final Duration MAX_RECONNECT_DELAY = Duration.ofMillis(500);

    /** Consolidates flushes: the commands of one event-loop iteration leave in one system call. */
    private static final NettyCustomizer CONSOLIDATED_FLUSHES = new NettyCustomizer() {
        @Override
        public void afterChannelInitialized(Channel channel) {
            channel.pipeline()
                    .addFirst(new FlushConsolidationHandler(
                            FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
        }
    };

    private LettuceSettings() {}

    /**
     * Returns the resources of one client.
     *
     * @param first the resources whose executor and timer the new ones share; null for the first client
     */
    static ClientResources resources(EventBus events, EventLoopGroupProvider loops, @Nullable ClientResources first) {
        ClientResources.Builder builder = ClientResources.builder();
        if (first != null) {
            builder.eventExecutorGroup(first.eventExecutorGroup()).timer(first.timer());
        }
        return builder.eventBus(events)
                .eventLoopGroupProvider(loops)
                .nettyCustomizer(CONSOLIDATED_FLUSHES)
                // The default back-off reaches 30 s, for which a recovered Redis would stay unused.
                .reconnectDelay(Delay.equalJitter(
                        MIN_RECONNECT_DELAY,
                        MAX_RECONNECT_DELAY,
                        MIN_RECONNECT_DELAY.toMillis(),
                        TimeUnit.MILLISECONDS))
                .build();
    }

    /** Returns the options for a standalone server or Sentinel, without automatic reconnection. */
    static ClientOptions options(RedisSettings settings) {
        // ReconnectingConnection reconnects instead, because MasterCheck must verify the role of the server first.
        return apply(ClientOptions.builder(), settings).autoReconnect(false).build();
    }

    /** Returns the options for a Cluster, with automatic reconnection and topology refresh. */
    static ClusterClientOptions clusterOptions(RedisSettings settings) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        // The shared setters return the base type, but modify this builder.
        var unused = apply(builder, settings);
        // Lettuce enables all adaptive triggers by default, but not the periodic refresh.
        return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .adaptiveRefreshTriggersTimeout(ADAPTIVE_REFRESH_PAUSE)
                        .build())
                .build();
    }

    private static ClientOptions.Builder apply(ClientOptions.Builder builder, RedisSettings settings) {
        return builder.autoReconnect(true)
                // By default Lettuce queues commands without bound while disconnected, and sends them long after their
                // timeout.
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(REQUEST_QUEUE_SIZE)
                // Maintenance notifications may relax timeouts to 10 s.
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.builder()
                        .timeoutSource(timeoutSource(settings.timeouts()))
                        .build())
                .socketOptions(socketOptions(settings));
    }

    /**
     * Returns Lettuce's timeout per command. {@link GetTokenCommand} has none, because {@link LookupTimeouts} handles its
     * timeout.
     */
    private static TimeoutOptions.TimeoutSource timeoutSource(RedisSettings.Timeouts timeouts) {
        long longest = timeouts.longest().toMillis();
        return new TimeoutOptions.TimeoutSource() {
            @Override
            public long getTimeout(RedisCommand<?, ?, ?> command) {
                // Compares the output, because the Cluster client wraps the command itself.
                return command.getOutput() instanceof GetTokenCommand ? 0 : longest;
            }

            @Override
            public TimeUnit getTimeUnit() {
                return TimeUnit.MILLISECONDS;
            }
        };
    }

    private static SocketOptions socketOptions(RedisSettings settings) {
        return SocketOptions.builder()
                .connectTimeout(settings.timeouts().connect())
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(KEEP_ALIVE_IDLE)
                        .interval(KEEP_ALIVE_INTERVAL)
                        .count(2)
                        .build())
                // Detects a peer that acknowledges nothing, which otherwise looks connected for minutes. Requires
                // native epoll.
                .tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                        .enable(EpollProvider.isAvailable())
                        .tcpUserTimeout(settings.timeouts().tcpUser())
                        .build())
                .build();
    }

    /** Returns the URI of the standalone server, or of the sentinels that name the master. */
    static RedisURI uri(RedisSettings settings) {
        RedisSettings.Sentinel sentinel = settings.sentinel();
        if (sentinel == null) {
            return node(settings, new RedisSettings.Node(settings.host(), settings.port()));
        }
        RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(sentinel.master());
        sentinelUris(settings).forEach(sentinelUri -> builder.withSentinel(sentinelUri));
        return authenticated(builder, settings);
    }

    /** Returns one URI per sentinel; empty if Sentinel is not used. */
    static List<RedisURI> sentinelUris(RedisSettings settings) {
        RedisSettings.Sentinel sentinel = settings.sentinel();
        return sentinel == null
                ? List.of()
                : sentinel.nodes().stream()
                        .map(node -> sentinelUri(settings, sentinel, node))
                        .toList();
    }

    /** Returns one URI per configured Cluster node; empty if Cluster is not used. */
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
                .withTimeout(settings.timeouts().connect());
        return authenticated(builder, sentinel.username(), sentinel.password());
    }

    private static RedisURI authenticated(RedisURI.Builder builder, RedisSettings settings) {
        builder.withSsl(settings.ssl())
                .withDatabase(settings.database())
                // Limits the handshake. The timeout of commands is in the client options.
                .withTimeout(settings.timeouts().connect());
        return authenticated(builder, settings.username(), settings.password());
    }

    private static RedisURI authenticated(
            RedisURI.Builder builder, @Nullable String username, @Nullable String password) {
        if (password == null) {
            return builder.build();
        }
        return (username == null
                        ? builder.withPassword(password.toCharArray())
                        : builder.withAuthentication(username, password.toCharArray()))
                .build();
    }
}
