package io.portcullis.core.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** What differs between one server at a time and a Cluster. */
interface RedisMode {
    List<? extends AbstractRedisClient> clients();

    /**
     * A connection that may be used at once.
     *
     * @param loop the index of the event loop that it should be on; in a Cluster it is on any
     */
    CompletionStage<StatefulConnection<String, String>> connect(int loop);

    /** Whether a lost connection must be made anew; otherwise Lettuce does so. */
    boolean reconnectsManually();

    RedisClusterReactiveCommands<String, String> commands(StatefulConnection<String, String> connection);

    /** The commands of the one server that has the key, over a connection of {@code connection}'s own. */
    Mono<RedisClusterReactiveCommands<String, String>> node(StatefulConnection<String, String> connection, String key);

    /** As {@link #node(StatefulConnection, String)}, of the server at that address. */
    Mono<RedisClusterReactiveCommands<String, String>> node(
            StatefulConnection<String, String> connection, RedisSettings.Node address);

    /** Sends a {@code PING} over each connection to a server that it stands for; the answers do not matter. */
    void keepAlive(StatefulConnection<String, String> connection);
}
