package io.portcullis.core.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** One server, named by its address or by sentinels. */
record SingleMode(RedisClient client, RedisURI uri) implements RedisMode {
    static SingleMode create(RedisSettings settings, ClientResources resources) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(LettuceSettings.options(settings));
        return new SingleMode(client, LettuceSettings.uri(settings));
    }

    @Override
    public CompletionStage<StatefulConnection<String, String>> connect() {
        return client.connectAsync(RedisConnections.CODEC, uri)
                .thenCompose(MasterCheck::require)
                .thenApply(connection -> connection);
    }

    @Override
    public boolean remade() {
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
}
