package io.portcullis.core.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.portcullis.core.error.PortcullisException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Connects to a Redis Cluster. All event loops share one client, because each client would refresh the topology by itself. A
 * connection to a node may therefore belong to any event loop, and {@link GetTokenCommand} passes the reply to the event loop
 * that sent the command.
 */
record ClusterMode(RedisClusterClient client) implements RedisMode {
    static ClusterMode create(RedisSettings settings, ClientResources resources, Disruptions disruptions) {
        var client = new TopologyTrackingClusterClient(resources, LettuceSettings.clusterUris(settings), disruptions);
        client.setOptions(LettuceSettings.clusterOptions(settings));
        return new ClusterMode(client);
    }

    @Override
    public List<? extends AbstractRedisClient> clients() {
        return List.of(client);
    }

    @Override
    public CompletionStage<StatefulConnection<String, String>> connect(int loop) {
        // Loads the topology first: without it connectAsync fails at once. Only the blocking connect loads it by
        // itself.
        return client.refreshPartitionsAsync()
                .thenCompose(done -> client.connectAsync(RedisConnections.CODEC))
                .thenCompose(ClusterMode::connectMasters);
    }

    /**
     * Connects to all masters in advance. Otherwise Lettuce connects to a node on the first command for it, and rejects that
     * command while it connects. Completes normally even if a master is unreachable, so that the others are used.
     */
    private static CompletionStage<StatefulConnection<String, String>> connectMasters(
            StatefulRedisClusterConnection<String, String> connection) {
        CompletableFuture<?>[] masters = masters(connection).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(masters).handle((done, failure) -> connection);
    }

    private static Stream<CompletableFuture<StatefulRedisConnection<String, String>>> masters(
            StatefulRedisClusterConnection<String, String> connection) {
        return connection.getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .map(node -> connect(connection, node.getUri()));
    }

    /** Connects by address, as Lettuce does for a command by slot. A connection by node id would be a second one. */
    private static CompletableFuture<StatefulRedisConnection<String, String>> connect(
            StatefulRedisClusterConnection<String, String> connection, RedisURI uri) {
        // thenCompose turns the exception for a node that has just left the topology into a failed future.
        return CompletableFuture.completedFuture(uri)
                .thenCompose(address -> connection.getConnectionAsync(address.getHost(), address.getPort()));
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<String, String>> connectPubSub() {
        return client.refreshPartitionsAsync()
                .thenCompose(done -> client.connectPubSubAsync(StringCodec.UTF8))
                .thenApply(connection -> connection);
    }

    @Override
    public boolean reconnectsManually() {
        return false;
    }

    @Override
    public RedisClusterReactiveCommands<String, String> commands(StatefulConnection<String, String> connection) {
        return cluster(connection).reactive();
    }

    @Override
    public Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulConnection<String, String> connection, String key) {
        RedisClusterNode master = cluster(connection).getPartitions().getMasterBySlot(SlotHash.getSlot(key));
        return master == null
                ? Mono.error(PortcullisException.storeUnavailable("Redis", null))
                : node(cluster(connection), master.getUri());
    }

    @Override
    public Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulConnection<String, String> connection, RedisSettings.Node address) {
        return node(cluster(connection), RedisURI.create(address.host(), address.port()));
    }

    private static Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulRedisClusterConnection<String, String> connection, RedisURI uri) {
        return Mono.fromFuture(() -> connect(connection, uri)).map(StatefulRedisConnection::reactive);
    }

    private static StatefulRedisClusterConnection<String, String> cluster(
            StatefulConnection<String, String> connection) {
        return (StatefulRedisClusterConnection<String, String>) connection;
    }

    @Override
    public void keepAlive(StatefulConnection<String, String> connection) {
        masters(cluster(connection)).forEach(master -> {
            var unused = master.thenCompose(node -> node.async().ping());
        });
    }
}
