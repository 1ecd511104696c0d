package io.portcullis.core.r2dbc;

import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlTimeouts;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Creates connection pools of tests. */
public final class OpenedPools {
    /**
     * The time for which a caller of a test waits for the outcome of a transaction, on a busy machine. It exceeds the acquire timeout of
     * {@link #SETTINGS}.
     */
    public static final Duration DEADLINE = Duration.ofSeconds(15);

    /**
     * The defaults, except that a busy machine must not count as a failure of MySQL: a test that opens sixteen TLS connections at once in a
     * cold JVM needs more than the 1.5 s of the defaults.
     */
    static final PoolSettings SETTINGS = withTimeLimitsOfBusyMachine(PoolSettings.defaults());

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private OpenedPools() {}

    /**
     * Returns a pool that has opened a connection. The first connection of a JVM loads the driver, which takes longer than the pool's
     * acquire timeout on a busy machine.
     */
    public static ConnectionPool create(String url, String username, String password) {
        return create(url, username, password, SETTINGS);
    }

    /** Returns a pool with its own settings that has opened a connection. */
    static ConnectionPool create(String url, String username, String password, PoolSettings settings) {
        ConnectionPool pool = MySqlConnectionPools.create(url, username, password, settings);
        Mono.usingWhen(pool.create(), Mono::just, Connection::close)
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                .then()
                .block(LIMIT);
        return pool;
    }

    private static PoolSettings withTimeLimitsOfBusyMachine(PoolSettings settings) {
        MySqlTimeouts timeouts = settings.timeouts();
        return new PoolSettings(
                settings.maxSize(),
                settings.minIdle(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                settings.maxIdleTime(),
                settings.maxLifeTime(),
                new MySqlTimeouts(
                        Duration.ofSeconds(10),
                        timeouts.statement(),
                        timeouts.lockWait(),
                        Duration.ofSeconds(10),
                        timeouts.tcpUser()));
    }
}
