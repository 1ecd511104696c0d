package io.portcullis.core.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** Abstracts the differences between a single master (standalone or Sentinel) and a Cluster. */
interface RedisMode {
    List<? extends AbstractRedisClient> clients();

    /**
     * Establishes a connection that is ready for use. Does not block.
     *
     * @param loop the index of the event loop for the connection; a Cluster ignores it
     */
    CompletionStage<StatefulConnection<String, String>> connect(int loop);

    /** Establishes a connection for a subscription. Does not block. In a Cluster any node may be its server. */
    CompletionStage<StatefulRedisPubSubConnection<String, String>> connectPubSub();

    /**
     * Returns whether a lost connection must be re-established by {@link ReconnectingConnection}; otherwise Lettuce reconnects.
     */
    boolean reconnectsManually();

    RedisClusterReactiveCommands<String, String> commands(StatefulConnection<String, String> connection);

    /** Emits the commands of the one server that has the key, over a connection that belongs to {@code connection}. */
    Mono<RedisClusterReactiveCommands<String, String>> node(StatefulConnection<String, String> connection, String key);

    /** Emits the commands of the server at that address; otherwise as {@link #node(StatefulConnection, String)}. */
    Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulConnection<String, String> connection, RedisSettings.Node address);

    /** Sends a {@code PING} on each physical connection behind {@code connection}. The replies are ignored. */
    void keepAlive(StatefulConnection<String, String> connection);
}
