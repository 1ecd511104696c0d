package io.portcullis.core.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/**
 * The gateway's connections to a standalone Redis, a Sentinel group or a Cluster, with the same commands for all three.
 *
 * <p>They are made in the background, so that a gateway starts and serves in degraded mode while Redis is down; until then
 * {@link #commands()} throws {@code UNAVAILABLE}. There are a few of them, because one connection is one event loop and what
 * follows a reactive command runs on that loop: a single one would put all the gateway's work on one thread.
 */
public final class RedisConnections implements AutoCloseable {
    /** Not the shared one, which Lettuce uses for connections of its own: see {@link ConnectionWatch}. */
    private static final StringCodec CODEC = new StringCodec(StandardCharsets.UTF_8);

    private static final int MAX_CONNECTIONS = 4;
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);
    private static final Duration QUIET_PERIOD = Duration.ZERO;
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);

    private final Disruptions disruptions;
    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final List<? extends RedisLink<?>> links;
    private final Function<StatefulConnection<String, String>, RedisClusterReactiveCommands<String, String>> reactive;

    private RedisConnections(
            Disruptions disruptions,
            ClientResources resources,
            AbstractRedisClient client,
            List<? extends RedisLink<?>> links,
            Function<StatefulConnection<String, String>, RedisClusterReactiveCommands<String, String>> reactive) {
        this.disruptions = disruptions;
        this.resources = resources;
        this.client = client;
        this.links = links;
        this.reactive = reactive;
        links.forEach(RedisLink::open);
    }

    /** Begins to connect and returns at once, whether Redis is there or not. */
    public static RedisConnections create(RedisSettings settings) {
        var disruptions = new Disruptions();
        ClientResources resources = LettuceSettings.resources(new RedirectionWatch(disruptions));
        return settings.cluster()
                ? cluster(settings, resources, disruptions)
                : single(settings, resources, disruptions);
    }

    private static RedisConnections single(RedisSettings settings, ClientResources resources, Disruptions disruptions) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(LettuceSettings.options(settings));
        client.addListener(new ConnectionWatch(disruptions, CODEC));
        return new RedisConnections(
                disruptions,
                resources,
                client,
                links(resources, () -> client.connectAsync(CODEC, LettuceSettings.uri(settings))),
                connection -> ((StatefulRedisConnection<String, String>) connection).reactive());
    }

    private static RedisConnections cluster(
            RedisSettings settings, ClientResources resources, Disruptions disruptions) {
        var client = new WatchedClusterClient(resources, LettuceSettings.clusterUris(settings), disruptions);
        client.setOptions(LettuceSettings.clusterOptions(settings));
        client.addListener(new ConnectionWatch(disruptions, CODEC));
        return new RedisConnections(
                disruptions,
                resources,
                client,
                // Without a topology connectAsync refuses at once; the blocking connect would have loaded it.
                links(
                        resources,
                        () -> client.refreshPartitionsAsync()
                                .thenCompose(done -> client.connectAsync(CODEC))
                                .thenCompose(RedisConnections::connectMasters)),
                connection -> ((StatefulRedisClusterConnection<String, String>) connection).reactive());
    }

    /**
     * Lettuce connects to a node when the first command for it comes, and refuses that command while it does. So all the
     * masters are connected to beforehand. One that cannot be reached does not keep the others from being used.
     */
    private static CompletionStage<StatefulRedisClusterConnection<String, String>> connectMasters(
            StatefulRedisClusterConnection<String, String> connection) {
        CompletableFuture<?>[] masters = connection.getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .map(node -> connectMaster(connection, node.getUri()))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(masters).handle((done, failure) -> connection);
    }

    /** By address, as commands by slot do: a connection by node id would be another one. */
    private static CompletableFuture<?> connectMaster(
            StatefulRedisClusterConnection<String, String> connection, RedisURI uri) {
        // Composed, so that a node that has just left the topology is a failed future and not an exception.
        return CompletableFuture.completedFuture(uri)
                .thenCompose(address -> connection.getConnectionAsync(address.getHost(), address.getPort()));
    }

    private static <C extends StatefulConnection<String, String>> List<RedisLink<C>> links(
            ClientResources resources, Supplier<? extends CompletionStage<C>> connect) {
        int count = Math.min(MAX_CONNECTIONS, Runtime.getRuntime().availableProcessors());
        return Stream.generate(() -> new RedisLink<>(connect, resources.eventExecutorGroup(), RETRY_DELAY))
                .limit(count)
                .toList();
    }

    /**
     * The commands of one of the connections: the calling thread's own, or the next one that is open.
     *
     * @throws PortcullisException {@code UNAVAILABLE} while none is open
     */
    public RedisClusterReactiveCommands<String, String> commands() {
        return reactive.apply(connection());
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
            if (connection != null && connection.isOpen()) {
                return connection;
            }
        }
        throw PortcullisException.storeUnavailable("Redis", null);
    }

    /** Closes everything; blocks for up to two seconds, so call it from no event loop. */
    @Override
    public void close() {
        links.forEach(RedisLink::close);
        client.shutdown(QUIET_PERIOD, SHUTDOWN_LIMIT);
        // Netty's futures do not tell more than that the executors have ended, which nothing waits for.
        var unused = resources.shutdown(QUIET_PERIOD.toMillis(), SHUTDOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
