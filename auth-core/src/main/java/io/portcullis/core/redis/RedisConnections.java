package io.portcullis.core.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Manages the node's connections to a standalone Redis, a Sentinel group or a Cluster, and offers the same commands for all
 * three.
 *
 * <p>The connections are established in the background, so that a node starts and serves in degraded mode while Redis is down.
 * Until then, {@link #commands()} throws {@code UNAVAILABLE}. Each event loop has its own connection, whose replies arrive on
 * that event loop: a check continues on the event loop on which it began. Only the commands of an event loop use its connection.
 */
public final class RedisConnections implements RedisCommandExecutor, AutoCloseable {
    /** A separate codec instance: Lettuce uses the shared one for its internal connections. See {@link ConnectionListener}. */
    static final StringCodec CODEC = new StringCodec(StandardCharsets.UTF_8);

    private static final Logger log = LoggerFactory.getLogger(RedisConnections.class);

    /**
     * The interval between two PINGs. It is below 1 s, the smallest value of the server's {@code timeout} for idle connections.
     */
    private static final long KEEP_ALIVE_MILLIS = 800;

    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);
    /** The minimum time between two reconnections after a demotion: a demoted master refuses several writes in flight. */
    private static final long RECONNECT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Whether the current outage has been logged. */
    private final AtomicBoolean unreachable = new AtomicBoolean();

    private final Disruptions disruptions;
    private final RedisSettings.Timeouts timeouts;
    private final RedisEventLoops loops;
    private final List<ClientResources> resources;
    private final RedisMode mode;
    private final EventLoopConnections links;
    /** A separate connection for {@code WAIT}, which delays every later command on its connection. */
    private final ReconnectingConnection<StatefulConnection<String, String>> replicationLink;

    private final Subscription subscription;

    private final @Nullable MasterSwitchListener sentinels;
    private final AtomicReference<@Nullable Future<?>> keepAlive = new AtomicReference<>();
    private final AtomicLong demotedAt = new AtomicLong(System.nanoTime() - RECONNECT_PAUSE_NANOS);

    private RedisConnections(RedisSettings settings, RedisEventLoops loops) {
        this.disruptions = new Disruptions();
        this.timeouts = settings.timeouts();
        this.loops = loops;
        this.resources = resources(settings, loops, new RedirectionEventBus(disruptions));
        this.mode = settings.cluster()
                ? ClusterMode.create(settings, resources.get(0), disruptions)
                : SingleMode.create(settings, resources);
        var watch = new ConnectionListener(disruptions, CODEC);
        mode.clients().forEach(client -> client.addListener(watch));
        this.links = new EventLoopConnections(loops.all(), timeouts.read(), this::link);
        this.replicationLink = link(0);
        this.subscription = new Subscription(mode::connectPubSub, executor());
        this.sentinels = watch(settings.sentinel(), LettuceSettings.sentinelUris(settings));
    }

    /** Creates connections on separate event loops. Starts to connect and returns at once, even if Redis is unreachable. */
    public static RedisConnections create(RedisSettings settings) {
        return create(settings, RedisEventLoops.create());
    }

    /**
     * Creates connections on the given event loops, for example those that serve the requests. {@link #close} does not close
     * these event loops. A check that begins on one of them also continues on it. Otherwise as {@link #create(RedisSettings)}.
     */
    public static RedisConnections create(RedisSettings settings, EventLoopGroup loops) {
        return create(settings, RedisEventLoops.share(loops));
    }

    private static RedisConnections create(RedisSettings settings, RedisEventLoops loops) {
        var connections = new RedisConnections(settings, loops);
        connections.links.open();
        if (connections.sentinels != null) {
            connections.sentinels.open();
        }
        connections.keepAlive.set(connections
                .executor()
                .scheduleAtFixedRate(
                        connections::keepAlive, KEEP_ALIVE_MILLIS, KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS));
        return connections;
    }

    /**
     * Sends a PING on each connection: a server with a {@code timeout} closes idle ones, and a lost connection ends the trust in
     * Redis.
     */
    private void keepAlive() {
        try {
            links.forEach(mode::keepAlive);
            StatefulConnection<String, String> waits = replicationLink.connection();
            if (waits != null) {
                mode.keepAlive(waits);
            }
            subscription.keepAlive();
        } catch (RuntimeException e) {
            // A connection is being lost. An exception would cancel the periodic task.
            log.debug("Cannot send a keep-alive to Redis", e);
        }
    }

    /** Creates the resources of one client per event loop, or of one client in a Cluster. */
    private static List<ClientResources> resources(RedisSettings settings, RedisEventLoops loops, EventBus events) {
        EventLoopGroup firstLoops =
                settings.cluster() ? loops.group() : loops.all().get(0);
        int size = loops.all().size();
        ClientResources first =
                LettuceSettings.resources(events, new SharedEventLoopGroupProvider(firstLoops, size), null);
        List<ClientResources> resources = new ArrayList<>(List.of(first));
        for (int i = 1; i < size && !settings.cluster(); i++) {
            var sharedLoops = new SharedEventLoopGroupProvider(loops.all().get(i), 1);
            resources.add(LettuceSettings.resources(events, sharedLoops, first));
        }
        return resources;
    }

    private ReconnectingConnection<StatefulConnection<String, String>> link(int loop) {
        return new ReconnectingConnection<>(
                () -> mode.connect(loop), executor(), mode.reconnectsManually(), unreachable);
    }

    private EventExecutorGroup executor() {
        return resources.get(0).eventExecutorGroup();
    }

    private @Nullable MasterSwitchListener watch(RedisSettings.@Nullable Sentinel sentinel, List<RedisURI> uris) {
        return sentinel != null && mode instanceof SingleMode single
                ? new MasterSwitchListener(single.any(), sentinel.master(), uris, executor(), this::onMasterSwitch)
                : null;
    }

    /**
     * Reconnects when a sentinel reports another master. Raises a disruption first, which invalidates later replies of the old
     * one.
     */
    private void onMasterSwitch(String master) {
        reconnect("the Redis master is now " + master);
    }

    private void reconnect(String reason) {
        disruptions.raise(reason);
        links.open();
        if (replicationLink.opened()) {
            replicationLink.open();
        }
        subscription.reopen();
    }

    /**
     * Reconnects, at most once per second. The host name, or a proxy in front of Redis, may lead to another server by now, and
     * only a new connection reaches it. Does nothing in a Cluster, where redirections name the master.
     */
    @Override
    public void masterDemoted() {
        long last = demotedAt.get();
        long now = System.nanoTime();
        if (mode.reconnectsManually() && now - last > RECONNECT_PAUSE_NANOS && demotedAt.compareAndSet(last, now)) {
            reconnect("the Redis server has become a replica");
        }
    }

    /**
     * Returns the commands of a connection: that of the calling event loop, or that of all other threads, or else any open one.
     *
     * @throws PortcullisException {@code UNAVAILABLE} while none is open
     */
    @Override
    public RedisClusterReactiveCommands<String, String> commands() {
        StatefulConnection<String, String> connection = links.connection();
        if (connection == null) {
            throw PortcullisException.storeUnavailable("Redis", null);
        }
        return mode.commands(connection);
    }

    /** Returns the subscription of the node, which is not open at first. */
    Subscription subscription() {
        return subscription;
    }

    @Override
    public RedisSettings.Timeouts timeouts() {
        return timeouts;
    }

    @Override
    public void dispatch(GetTokenCommand lookup) {
        try {
            links.send(lookup);
        } catch (RejectedExecutionException closing) {
            boolean unused = lookup.completeExceptionally(closing);
        }
    }

    /**
     * Returns the time in nanoseconds for which the calling event loop has stalled since {@code start} and so could not read
     * replies; 0 on any other thread. Stalls below 10 ms do not count.
     *
     * @param start in {@link System#nanoTime()}
     */
    public long stalledNanosSince(long start) {
        return links.stalledNanosSince(start);
    }

    /**
     * Returns a writer that waits for replicas, and opens its connection; null if {@code replicas} is 0.
     *
     * @param replicas the number of replicas that must acknowledge a write
     * @param timeout the time limit for the acknowledgements
     */
    public @Nullable ReplicaAcknowledgement acknowledgement(int replicas, Duration timeout) {
        if (replicas == 0) {
            return null;
        }
        replicationLink.open();
        var nodes = new ReplicaAcknowledgement.Nodes(
                key -> Mono.defer(() -> mode.node(open(replicationLink), key)),
                address -> Mono.defer(() -> mode.node(open(replicationLink), address)));
        return new ReplicaAcknowledgement(replicas, timeout, nodes, disruptions::count);
    }

    /**
     * Returns the number of disruptions: connections made or lost, another master, another topology. Each is counted before a
     * reply that it may concern is handled. A reply is therefore valid if the number was the same before the command and after
     * the reply.
     */
    public long disruptionCount() {
        return disruptions.count();
    }

    /**
     * Returns the number of this node's connections that are not open; 0 in normal operation. A connection counts as open only
     * after its disruption was counted.
     */
    public int missingConnections() {
        return links.missing() + (replicationLink.missing() ? 1 : 0) + (subscription.missing() ? 1 : 0);
    }

    /**
     * Emits a description of each disruption, for the log and to start the repair at once. Hot, never completes, and replays the
     * latest. One signal may represent several concurrent disruptions.
     */
    public Flux<String> disruptions() {
        return disruptions.signals();
    }

    private static StatefulConnection<String, String> open(
            ReconnectingConnection<StatefulConnection<String, String>> link) {
        StatefulConnection<String, String> connection = link.connection();
        if (connection == null) {
            throw PortcullisException.storeUnavailable("Redis", null);
        }
        return connection;
    }

    private void stopKeepAlive() {
        Future<?> scheduled = keepAlive.getAndSet(null);
        if (scheduled != null) {
            boolean unused = scheduled.cancel(false);
        }
    }

    /** Closes all connections. Blocks for up to 2 s, so it must not be called on an event loop. */
    @Override
    public void close() {
        stopKeepAlive();
        if (sentinels != null) {
            sentinels.close();
        }
        links.close();
        replicationLink.close();
        subscription.close();
        long limit = SHUTDOWN_LIMIT.toMillis();
        CompletableFuture<?>[] closed = mode.clients().stream()
                .map(client -> client.shutdownAsync(0, limit, TimeUnit.MILLISECONDS))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(closed)
                .completeOnTimeout(null, limit, TimeUnit.MILLISECONDS)
                .join();
        // Not awaited: Netty's futures only report that the executors have terminated.
        resources.forEach(each -> {
            var unused = each.shutdown(0, limit, TimeUnit.MILLISECONDS);
        });
        loops.close(limit);
    }
}
