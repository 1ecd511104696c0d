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
 * The gateway's connections to a standalone Redis, a Sentinel group or a Cluster, with the same commands for all three.
 *
 * <p>They are made in the background, so that a gateway starts and serves in degraded mode while Redis is down; until then
 * {@link #commands()} throws {@code UNAVAILABLE}. There is one for each event loop, since what follows a command runs on the
 * connection's loop: a check that is begun on one of the loops goes on there. Nothing but the checks of a loop is sent over its connection.
 */
public final class RedisConnections implements RedisCommandExecutor, AutoCloseable {
    /** Not the shared one, which Lettuce uses for connections of its own: see {@link ConnectionListener}. */
    static final StringCodec CODEC = new StringCodec(StandardCharsets.UTF_8);

    private static final Logger log = LoggerFactory.getLogger(RedisConnections.class);

    /** Below any {@code timeout} of a server that allows a connection to be idle at all. */
    private static final long KEEP_ALIVE_MILLIS = 800;

    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);
    /** The writes under way that a demoted master refuses are one reason to connect anew, not one each. */
    private static final long RECONNECT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Whether the log says so. */
    private final AtomicBoolean unreachable = new AtomicBoolean();

    private final Disruptions disruptions;
    private final RedisSettings.Timeouts timeouts;
    private final RedisEventLoops loops;
    private final List<ClientResources> resources;
    private final RedisMode mode;
    private final EventLoopConnections links;
    /** Of its own, since what waits for replicas holds up what comes after it. */
    private final ReconnectingConnection<StatefulConnection<String, String>> replicationLink;

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
        this.sentinels = watch(settings.sentinel(), LettuceSettings.sentinelUris(settings));
    }

    /** Begins to connect and returns at once, whether Redis is there or not. On event loops of its own. */
    public static RedisConnections create(RedisSettings settings) {
        return create(settings, RedisEventLoops.make());
    }

    /**
     * As {@link #create(RedisSettings)}, on these event loops, such as those that serve the requests; they are not closed with it. A
     * check that is begun on one of them is sent by it and answered on it, in a Cluster handed back to it.
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

    /** A server with a {@code timeout} closes a connection that sends nothing, and a connection that is lost ends the trust in Redis. */
    private void keepAlive() {
        try {
            links.forEach(mode::keepAlive);
            StatefulConnection<String, String> waits = replicationLink.connection();
            if (waits != null) {
                mode.keepAlive(waits);
            }
        } catch (RuntimeException e) {
            // A connection that is being lost. The next turn must come all the same.
            log.debug("A connection to Redis could not be kept alive", e);
        }
    }

    /** A client per loop, or one for all; see {@link RedisMode}. */
    private static List<ClientResources> resources(RedisSettings settings, RedisEventLoops loops, EventBus events) {
        EventLoopGroup firstLoops =
                settings.cluster() ? loops.group() : loops.all().get(0);
        int size = loops.all().size();
        ClientResources first =
                LettuceSettings.resources(events, new SharedEventLoopGroupProvider(firstLoops, size), null);
        List<ClientResources> resources = new ArrayList<>(List.of(first));
        for (int i = 1; i < size && !settings.cluster(); i++) {
            var lent = new SharedEventLoopGroupProvider(loops.all().get(i), 1);
            resources.add(LettuceSettings.resources(events, lent, first));
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
                ? new MasterSwitchListener(single.any(), sentinel.master(), uris, executor(), this::switched)
                : null;
    }

    /** What the old master still answers does not count any more, so it is left at once. */
    private void switched(String master) {
        reconnect("the master of Redis is " + master);
    }

    private void reconnect(String reason) {
        disruptions.raise(reason);
        links.open();
        if (replicationLink.opened()) {
            replicationLink.open();
        }
    }

    /**
     * A name or a proxy in front of Redis may lead to another server by now, which only a new connection finds. In a Cluster Redis
     * itself names the master.
     */
    @Override
    public void masterDemoted() {
        long last = demotedAt.get();
        long now = System.nanoTime();
        if (mode.reconnectsManually() && now - last > RECONNECT_PAUSE_NANOS && demotedAt.compareAndSet(last, now)) {
            reconnect("the server has become a replica");
        }
    }

    /**
     * The commands of one of the connections: that of the calling event loop, that of all other threads, or any one that is open.
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

    @Override
    public RedisSettings.Timeouts timeouts() {
        return timeouts;
    }

    @Override
    public void ask(GetTokenCommand lookup) {
        try {
            LookupTimeouts home = links.currentTimeouts();
            if (home != null) {
                ask(lookup, home);
                return;
            }
            LookupTimeouts any = links.anyTimeouts();
            any.loop().execute(() -> ask(lookup, any));
        } catch (RejectedExecutionException closing) {
            boolean unused = lookup.completeExceptionally(closing);
        }
    }

    private void ask(GetTokenCommand lookup, LookupTimeouts home) {
        StatefulConnection<String, String> connection = links.connection();
        if (connection == null) {
            boolean unused = lookup.completeExceptionally(PortcullisException.storeUnavailable("Redis", null));
            return;
        }
        lookup.startTimeout(home);
        var unused = connection.dispatch(lookup);
    }

    /**
     * How long the calling thread, if it is one of the event loops, was kept from reading answers since then: it, or the whole node,
     * stood still. In nanoseconds; less than 10 ms at a time do not count.
     *
     * @param start in {@link System#nanoTime()}
     */
    public long stalledNanosSince(long start) {
        return links.stalledNanosSince(start);
    }

    /**
     * Writes that wait for replicas; null when none are asked for.
     *
     * @param replicas how many must have a write
     * @param timeout how long to wait for them
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
     * How often something happened that may have cost Redis a write, or this node the sight of one: a connection made, lost or made
     * anew, another master, another topology. It is raised before an answer that this could concern is handled, so an answer that
     * left it as it was before the question is beyond doubt.
     */
    public long disruptionCount() {
        return disruptions.count();
    }

    /**
     * The disruptions as they come; for a log, and to begin the repair at once. Hot, never ends; emits what happened, the latest also
     * to a late subscriber. One signal may stand for several.
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

    private void stopKeepingAlive() {
        Future<?> scheduled = keepAlive.getAndSet(null);
        if (scheduled != null) {
            boolean unused = scheduled.cancel(false);
        }
    }

    /** Closes everything; blocks for up to two seconds, so call it from no event loop. */
    @Override
    public void close() {
        stopKeepingAlive();
        if (sentinels != null) {
            sentinels.close();
        }
        links.close();
        replicationLink.close();
        long limit = SHUTDOWN_LIMIT.toMillis();
        CompletableFuture<?>[] closed = mode.clients().stream()
                .map(client -> client.shutdownAsync(0, limit, TimeUnit.MILLISECONDS))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(closed)
                .completeOnTimeout(null, limit, TimeUnit.MILLISECONDS)
                .join();
        // Netty's futures do not tell more than that the executors have ended, which nothing waits for.
        resources.forEach(each -> {
            var unused = each.shutdown(0, limit, TimeUnit.MILLISECONDS);
        });
        loops.close(limit);
    }
}
