package io.portcullis.core.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The gateway's connections to a standalone Redis, a Sentinel group or a Cluster, with the same commands for all three.
 *
 * <p>They are made in the background, so that a gateway starts and serves in degraded mode while Redis is down; until then
 * {@link #commands()} throws {@code UNAVAILABLE}. There are a few of them, because one connection is one event loop and what
 * follows a reactive command runs on that loop: a single one would put all the gateway's work on one thread.
 */
public final class RedisConnections implements AutoCloseable {
    /** Not the shared one, which Lettuce uses for connections of its own: see {@link ConnectionWatch}. */
    static final StringCodec CODEC = new StringCodec(StandardCharsets.UTF_8);

    private static final int MAX_CONNECTIONS = 4;
    private static final Duration QUIET_PERIOD = Duration.ZERO;
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);

    private final Disruptions disruptions;
    private final ClientResources resources;
    private final RedisMode mode;
    private final List<RedisLink<StatefulConnection<String, String>>> links;
    /** Of its own, since what waits for replicas holds up what comes after it. */
    private final RedisLink<StatefulConnection<String, String>> waiting;

    private final @Nullable SentinelWatch sentinels;

    private RedisConnections(RedisSettings settings) {
        this.disruptions = new Disruptions();
        this.resources = LettuceSettings.resources(new RedirectionWatch(disruptions));
        this.mode = settings.cluster()
                ? ClusterMode.create(settings, resources, disruptions)
                : SingleMode.create(settings, resources);
        mode.client().addListener(new ConnectionWatch(disruptions, CODEC));
        this.links = Stream.generate(this::link)
                .limit(Math.min(MAX_CONNECTIONS, Runtime.getRuntime().availableProcessors()))
                .toList();
        this.waiting = link();
        this.sentinels = watch(settings.sentinel(), LettuceSettings.sentinelUris(settings));
    }

    /** Begins to connect and returns at once, whether Redis is there or not. */
    public static RedisConnections create(RedisSettings settings) {
        var connections = new RedisConnections(settings);
        connections.links.forEach(RedisLink::open);
        if (connections.sentinels != null) {
            connections.sentinels.open();
        }
        return connections;
    }

    private RedisLink<StatefulConnection<String, String>> link() {
        return new RedisLink<>(mode::connect, resources.eventExecutorGroup(), mode.remade());
    }

    private @Nullable SentinelWatch watch(RedisSettings.@Nullable Sentinel sentinel, List<RedisURI> uris) {
        return sentinel != null && mode instanceof SingleMode single
                ? new SentinelWatch(
                        single.client(), sentinel.master(), uris, resources.eventExecutorGroup(), this::switched)
                : null;
    }

    /** What the old master still answers does not count any more, so it is left at once. */
    private void switched(String master) {
        disruptions.raise("the master of Redis is " + master);
        links.forEach(RedisLink::open);
        if (waiting.opened()) {
            waiting.open();
        }
    }

    /**
     * The commands of one of the connections: the calling thread's own, or the next one that is open.
     *
     * @throws PortcullisException {@code UNAVAILABLE} while none is open
     */
    public RedisClusterReactiveCommands<String, String> commands() {
        return mode.commands(connection());
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
        waiting.open();
        var nodes = new ReplicaAcknowledgement.Nodes(
                key -> Mono.defer(() -> mode.node(open(waiting), key)),
                address -> Mono.defer(() -> mode.node(open(waiting), address)));
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

    private StatefulConnection<String, String> connection() {
        int own = (int) (Thread.currentThread().getId() % links.size());
        for (int i = 0; i < links.size(); i++) {
            StatefulConnection<String, String> connection =
                    links.get((own + i) % links.size()).connection();
            if (connection != null) {
                return connection;
            }
        }
        throw PortcullisException.storeUnavailable("Redis", null);
    }

    private static StatefulConnection<String, String> open(RedisLink<StatefulConnection<String, String>> link) {
        StatefulConnection<String, String> connection = link.connection();
        if (connection == null) {
            throw PortcullisException.storeUnavailable("Redis", null);
        }
        return connection;
    }

    /** Closes everything; blocks for up to two seconds, so call it from no event loop. */
    @Override
    public void close() {
        if (sentinels != null) {
            sentinels.close();
        }
        links.forEach(RedisLink::close);
        waiting.close();
        mode.client().shutdown(QUIET_PERIOD, SHUTDOWN_LIMIT);
        // Netty's futures do not tell more than that the executors have ended, which nothing waits for.
        var unused = resources.shutdown(QUIET_PERIOD.toMillis(), SHUTDOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
