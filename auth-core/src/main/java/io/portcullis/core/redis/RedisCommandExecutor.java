package io.portcullis.core.redis;

import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.error.PortcullisException;

/** What the store needs of {@link RedisConnections}. */
interface RedisCommandExecutor {
    /** @throws PortcullisException {@code UNAVAILABLE} while there is no connection */
    RedisClusterReactiveCommands<String, String> commands();

    /** Sends it, or fails it; throws nothing. */
    void ask(GetTokenCommand lookup);

    RedisSettings.Timeouts timeouts();

    /** Called when the server refuses a write because it has become a replica: its connections are made anew, to the master. */
    default void masterDemoted() {}
}
