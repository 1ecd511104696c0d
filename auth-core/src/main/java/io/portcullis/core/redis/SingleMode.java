package io.portcullis.core.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.util.List;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/**
 * Connects to one master, found by its address or by sentinels. Each event loop has its own client, whose connections all belong
 * to that event loop.
 */
record SingleMode(List<RedisClient> perLoop, RedisURI uri) implements RedisMode {
    static SingleMode create(RedisSettings settings, List<ClientResources> perLoop) {
        return new SingleMode(
                perLoop.stream().map(each -> client(settings, each)).toList(), LettuceSettings.uri(settings));
    }

    private static RedisClient client(RedisSettings settings, ClientResources resources) {
        RedisClient client = new NonBlockingClient(resources);
        client.setOptions(LettuceSettings.options(settings));
        return client;
    }

    /** Returns a client for connections that may be on any event loop. */
    RedisClient any() {
        return perLoop.get(0);
    }

    @Override
    public List<? extends AbstractRedisClient> clients() {
        return perLoop;
    }

    @Override
    public CompletionStage<StatefulConnection<String, String>> connect(int loop) {
        return perLoop.get(loop)
                .connectAsync(RedisConnections.CODEC, uri)
                .thenCompose(MasterCheck::require)
                .thenApply(connection -> connection);
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<String, String>> connectPubSub() {
        return any().connectPubSubAsync(StringCodec.UTF8, uri);
    }

    @Override
    public boolean reconnectsManually() {
        return true;
    }

    @Override
    public RedisClusterReactiveCommands<String, String> commands(StatefulConnection<String, String> connection) {
        return ((StatefulRedisConnection<String, String>) connection).reactive();
    }

    @Override
    public Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulConnection<String, String> connection, String key) {
        return Mono.just(commands(connection));
    }

    @Override
    public Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulConnection<String, String> connection, RedisSettings.Node address) {
        return Mono.just(commands(connection));
    }

    @Override
    public void keepAlive(StatefulConnection<String, String> connection) {
        var unused =
                ((StatefulRedisConnection<String, String>) connection).async().ping();
    }
}
