package io.portcullis.core.redis;

import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.error.PortcullisException;

/**
 * Sends commands to Redis for {@link RedisAccessTokenCache}. {@link RedisConnections} implements it; tests use a scripted one.
 */
interface RedisCommandExecutor {
    /**
     * Returns the commands of an open connection.
     *
     * @throws PortcullisException {@code UNAVAILABLE} while there is no connection
     */
    RedisClusterReactiveCommands<String, String> commands();

    /** Sends the look-up, or completes it exceptionally. Never throws. */
    void dispatch(GetTokenCommand lookup);

    RedisSettings.Timeouts timeouts();

    /** Handles a write that was refused because the server has become a replica: reconnects, in order to find the new master. */
    default void masterDemoted() {}
}
