package io.portcullis.core.r2dbc.pool;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
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

    /**
     * Whatever a connection that was in the pool failed with. The driver has no one class for it: if it is closed just as it is
     * asked, that is an {@link IllegalStateException}. What the pool itself refuses, being full or closed, is not of that kind.
     */
    private static boolean isStale(Throwable failure) {
        if (failure instanceof CannotConnectException) {
            return isMistakenForAnother(failure.getCause());
        }
        return !(failure instanceof R2dbcTimeoutException) && !(failure instanceof RejectedExecutionException);
    }

    /** When many close at once, a new socket may get what the operating system had to say of a closed one of the same number. */
    private static boolean isMistakenForAnother(@Nullable Throwable cause) {
        return cause instanceof NotYetConnectedException;
    }

    private static R2dbcTimeoutException timedOut(TimeoutException failure) {
        return new R2dbcTimeoutException("no connection to MySQL in time", failure);
    }
}
