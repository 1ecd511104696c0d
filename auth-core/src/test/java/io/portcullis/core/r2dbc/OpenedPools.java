package io.portcullis.core.r2dbc;

import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Creates connection pools of tests. */
public final class OpenedPools {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private OpenedPools() {}

    /**
     * Returns a pool that has opened a connection. The first connection of a JVM loads the driver, which takes longer than the pool's
     * acquire timeout on a busy machine.
     */
    public static ConnectionPool create(String url, String username, String password, PoolSettings settings) {
        ConnectionPool pool = MySqlConnectionPools.create(url, username, password, settings);
        Mono.usingWhen(pool.create(), Mono::just, Connection::close)
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                .then()
                .block(LIMIT);
        return pool;
    }
}
