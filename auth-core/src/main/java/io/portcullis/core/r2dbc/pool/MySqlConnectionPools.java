package io.portcullis.core.r2dbc.pool;

import io.asyncer.r2dbc.mysql.MySqlConnectionFactoryProvider;
import io.portcullis.core.r2dbc.MySqlUrl;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.pool.PooledRefMetadata;

/**
 * Creates connection pools for MySQL or MariaDB in which every wait is bounded.
 *
 * <p>Each new connection executes {@code SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED}: no gap locks, and every
 * statement sees all commits before it. Each acquire executes {@code ROLLBACK}, which validates the connection and also ends a
 * transaction that a cancelled borrower left open. Otherwise the next borrower's writes would be lost in that transaction.
 *
 * <p>A connection to a server that refuses writes or announces its shutdown is not reused, see {@link ServerChangeDetector}. All pools on one
 * {@link MySqlServers} learn it from each other: a pool that only reads would get no such error, and would read a former primary for ever.
 */
public final class MySqlConnectionPools {
    private static final Duration EVICTION_INTERVAL = Duration.ofSeconds(2);

    private MySqlConnectionPools() {}

    /**
     * Creates a pool for the server at {@code url}. Opens no connection yet.
     *
     * @param url an R2DBC URL such as {@code r2dbc:mysql://host:3306/database?sslMode=REQUIRED}; its options override the
     *     settings. If it names several servers, the pool watches them by itself until it is disposed
     * @throws IllegalArgumentException if the URL is not valid
     */
    public static ConnectionPool create(String url, String username, String password, PoolSettings settings) {
        MySqlServers servers = MySqlServers.start(url, username, password, settings.timeouts(), false);
        return create(connections(servers, settings), settings, servers::close);
    }

    /** Creates a pool for the server that {@code options} name. Opens no connection yet. */
    public static ConnectionPool create(ConnectionFactoryOptions options, PoolSettings settings) {
        return create(connectionFactory(options, settings, new ServerChangeDetector(), false), settings, () -> {});
    }

    /** Creates a pool for the one of the servers that takes the writes. Opens no connection yet. */
    public static ConnectionPool create(MySqlServers servers, PoolSettings settings) {
        return create(connections(servers, settings), settings, () -> {});
    }

    private static ConnectionFactory connections(MySqlServers servers, PoolSettings settings) {
        MySqlUrl url = servers.url();
        return url.hasSeveralServers()
                ? new WriterConnectionFactory(servers, settings)
                : connectionFactory(
                        url.options(), settings, servers.changes(url.servers().get(0)), servers.areGalera());
    }

    private static ConnectionPool create(ConnectionFactory connections, PoolSettings settings, Disposable watch) {
        ConnectionPoolConfiguration configuration = ConnectionPoolConfiguration.builder(connections)
                .name("portcullis")
                .initialSize(settings.minIdle())
                .minIdle(settings.minIdle())
                .maxSize(settings.maxSize())
                // The first connection loads native libraries and TLS providers, which must not block an event loop.
                .allocatorSubscribeOn(Schedulers.boundedElastic())
                // Each retry of the pool would add another maxAcquireTime. RenewingConnectionPool retries within one.
                .acquireRetry(0)
                .maxAcquireTime(settings.maxAcquireTime())
                .maxCreateConnectionTime(settings.timeouts().connect())
                .maxIdleTime(settings.maxIdleTime())
                .maxLifeTime(settings.maxLifeTime())
                .backgroundEvictionInterval(EVICTION_INTERVAL)
                .maxValidationTime(settings.maxValidationTime())
                .validationDepth(ValidationDepth.REMOTE)
                .validationQuery("ROLLBACK")
                .customizer(builder -> builder.maxPendingAcquire(settings.maxWaiting())
                        .evictionPredicate((connection, use) -> shouldEvict(connection, use, settings)))
                .build();
        return new RenewingConnectionPool(configuration, settings, watch);
    }

    /**
     * Returns whether to evict the connection. The pool calls this on acquire, on release, and every 2 s while the connection is
     * idle.
     */
    private static boolean shouldEvict(Connection connection, PooledRefMetadata metadata, PoolSettings settings) {
        return metadata.idleTime() >= settings.maxIdleTime().toMillis()
                || metadata.lifeTime() >= settings.maxLifeTime().toMillis()
                || (connection instanceof ErrorReportingConnection watched && watched.outdated());
    }

    private static ConnectionFactory connectionFactory(
            ConnectionFactoryOptions options, PoolSettings settings, ServerChangeDetector changes, boolean galera) {
        return new ReadCommittedConnectionFactory(
                driver(options, settings.timeouts(), settings.maxIdleTime()), changes, () -> false, () -> galera);
    }

    /** Returns the driver's factory of connections, in which every wait is bounded. */
    static ConnectionFactory driver(ConnectionFactoryOptions options, MySqlTimeouts timeouts, Duration maxIdle) {
        return driver(options, timeouts, new ResponseTimeoutLoopResources(timeouts, maxIdle));
    }

    static ConnectionFactory driver(
            ConnectionFactoryOptions options, MySqlTimeouts timeouts, ResponseTimeoutLoopResources loops) {
        ConnectionFactoryOptions.Builder builder = options.mutate()
                // Overrides the driver of r2dbc:pool:mysql: URLs, because this class creates the pool.
                .option(ConnectionFactoryOptions.DRIVER, MySqlConnectionFactoryProvider.MYSQL_DRIVER)
                .option(MySqlConnectionFactoryProvider.CONNECTION_TIME_ZONE, "UTC")
                .option(MySqlConnectionFactoryProvider.FORCE_CONNECTION_TIME_ZONE_TO_SESSION, true)
                .option(MySqlConnectionFactoryProvider.LOOP_RESOURCES, loops);
        setDefault(builder, options, MySqlConnectionFactoryProvider.TCP_KEEP_ALIVE, true);
        setDefault(builder, options, ConnectionFactoryOptions.CONNECT_TIMEOUT, timeouts.connect());
        setDefault(builder, options, ConnectionFactoryOptions.LOCK_WAIT_TIMEOUT, timeouts.lockWait());
        setDefault(builder, options, ConnectionFactoryOptions.STATEMENT_TIMEOUT, timeouts.statement());
        return new MySqlConnectionFactoryProvider().create(builder.build());
    }

    private static <T> void setDefault(
            ConnectionFactoryOptions.Builder builder, ConnectionFactoryOptions given, Option<T> option, T value) {
        if (!given.hasOption(option)) {
            builder.option(option, value);
        }
    }
}
