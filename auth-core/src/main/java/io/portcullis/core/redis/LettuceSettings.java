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

/** What Lettuce has to be told, because its defaults favour queueing and patience over a quick, certain answer. */
final class LettuceSettings {
    /** Commands in flight on a connection; more than that means that Redis does not keep up, and queueing would not help. */
    private static final int REQUEST_QUEUE_SIZE = 10_000;

    private static final Duration KEEP_ALIVE_IDLE = Duration.ofSeconds(5);
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(5);
    private static final Duration ADAPTIVE_REFRESH_PAUSE = Duration.ofMillis(500);
    private static final Duration MIN_RECONNECT_DELAY = Duration.ofMillis(50);
    private static final Duration MAX_RECONNECT_DELAY = Duration.ofMillis(500);

    /** The commands of one turn of an event loop leave in one system call. */
    private static final NettyCustomizer CONSOLIDATED_FLUSHES = new NettyCustomizer() {
        @Override
        public void afterChannelInitialized(Channel channel) {
            channel.pipeline()
                    .addFirst(new FlushConsolidationHandler(
                            FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
        }
    };

    private LettuceSettings() {}

    /** Of a client; the first has an executor and a timer, which the next share. */
    static ClientResources resources(EventBus events, EventLoopGroupProvider loops, @Nullable ClientResources first) {
        ClientResources.Builder builder = ClientResources.builder();
        if (first != null) {
            builder.eventExecutorGroup(first.eventExecutorGroup()).timer(first.timer());
        }
        return builder.eventBus(events)
                .eventLoopGroupProvider(loops)
                .nettyCustomizer(CONSOLIDATED_FLUSHES)
                // By default it backs off to 30 s, so that a Redis that is back would stay unused for as long.
                .reconnectDelay(Delay.equalJitter(
                        MIN_RECONNECT_DELAY,
                        MAX_RECONNECT_DELAY,
                        MIN_RECONNECT_DELAY.toMillis(),
                        TimeUnit.MILLISECONDS))
                .build();
    }

    static ClientOptions options(RedisSettings settings) {
        // What a lost connection is replaced by must be asked for its role first.
        return apply(ClientOptions.builder(), settings).autoReconnect(false).build();
    }

    static ClusterClientOptions clusterOptions(RedisSettings settings) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        // The shared setters return the base type; what they set stays in this builder.
        var unused = apply(builder, settings);
        // All adaptive triggers are on by default, the periodic refresh is not.
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
                .timeoutOptions(TimeoutOptions.builder()
                        .timeoutSource(timeoutSource(settings.timeouts()))
                        .build())
                .socketOptions(socketOptions(settings));
    }

    /** A timer for each command but those that have {@link LookupTimeouts}. */
    private static TimeoutOptions.TimeoutSource timeoutSource(RedisSettings.Timeouts timeouts) {
        long longest = timeouts.longest().toMillis();
        return new TimeoutOptions.TimeoutSource() {
            @Override
            public long getTimeout(RedisCommand<?, ?, ?> command) {
                // The output is the same under the wrapper of a Cluster.
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
                // Without it a peer behind a black hole looks connected for minutes. Only native epoll can set it.
                .tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                        .enable(EpollProvider.isAvailable())
                        .tcpUserTimeout(settings.timeouts().tcpUser())
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
        sentinelUris(settings).forEach(sentinelUri -> builder.withSentinel(sentinelUri));
        return authenticated(builder, settings);
    }

    /** Of each sentinel; empty without. */
    static List<RedisURI> sentinelUris(RedisSettings settings) {
        RedisSettings.Sentinel sentinel = settings.sentinel();
        return sentinel == null
                ? List.of()
                : sentinel.nodes().stream()
                        .map(node -> sentinelUri(settings, sentinel, node))
                        .toList();
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
                .withTimeout(settings.timeouts().connect());
        return authenticated(builder, sentinel.username(), sentinel.password());
    }

    private static RedisURI authenticated(RedisURI.Builder builder, RedisSettings settings) {
        builder.withSsl(settings.ssl())
                .withDatabase(settings.database())
                // The handshake's limit: that of commands is in the options.
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
