package io.portcullis.core.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * A pool whose borrowers do not pay for connections that died while they were idle, as all do when the server is restarted: each
 * is thrown away and the next tried, until one lives or a new one is made. The wait for all of it together is limited.
 */
final class RenewingConnectionPool extends ConnectionPool {
    private final Duration maxAcquireTime;
    private final Retry whileStale;

    RenewingConnectionPool(ConnectionPoolConfiguration configuration, PoolSettings settings) {
        super(configuration);
        this.maxAcquireTime = settings.maxAcquireTime();
        // All of them may be dead.
        this.whileStale = Retry.max(settings.maxSize())
                .filter(RenewingConnectionPool::isStale)
                .onRetryExhaustedThrow((spec, signal) -> signal.failure());
    }

    @Override
    public Mono<Connection> create() {
        return super.create()
                .retryWhen(whileStale)
                .timeout(maxAcquireTime)
                .onErrorMap(TimeoutException.class, RenewingConnectionPool::timedOut);
    }

    /** The pool's own refusals are none of R2DBC's errors. */
    private static boolean isStale(Throwable failure) {
        return failure instanceof R2dbcException
                && !(failure instanceof R2dbcTimeoutException)
                && !(failure instanceof CannotConnectException);
    }

    private static R2dbcTimeoutException timedOut(TimeoutException failure) {
        return new R2dbcTimeoutException("no connection to MySQL in time", failure);
    }
}
