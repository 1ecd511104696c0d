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
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Hides dead idle connections from the borrowers, for example after a restart of the server. An acquire discards each dead
 * connection and tries the next, until one is alive or a new one is established. {@code maxAcquireTime} limits the whole acquire.
 */
final class RenewingConnectionPool extends ConnectionPool {
    private final Duration maxAcquireTime;
    private final Retry whileStale;
    private final Disposable watch;

    /** @param watch is disposed with the pool */
    RenewingConnectionPool(ConnectionPoolConfiguration configuration, PoolSettings settings, Disposable watch) {
        super(configuration);
        this.watch = watch;
        this.maxAcquireTime = settings.maxAcquireTime();
        // All pooled connections may be dead.
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

    /** The pool's other methods that end it call this one. */
    @Override
    public Mono<Void> disposeLater() {
        return super.disposeLater().doFinally(end -> watch.dispose());
    }

    /**
     * Returns whether a pooled connection failed its validation. The driver has no common exception class for this: a connection
     * that closes during its validation signals an {@link IllegalStateException}. A timeout, or a rejection by a full or closed
     * pool, is not stale.
     */
    private static boolean isStale(Throwable failure) {
        if (failure instanceof CannotConnectException) {
            return isEventOfClosedSocket(failure.getCause());
        }
        return !(failure instanceof R2dbcTimeoutException) && !(failure instanceof RejectedExecutionException);
    }

    /**
     * Returns whether a new connection received the event of a closed one. When many sockets close at once, the operating system
     * may deliver an event of a closed socket to a new socket with the same file descriptor.
     */
    private static boolean isEventOfClosedSocket(@Nullable Throwable cause) {
        return cause instanceof NotYetConnectedException;
    }

    private static R2dbcTimeoutException timedOut(TimeoutException failure) {
        return new R2dbcTimeoutException("no connection to MySQL within the acquire timeout", failure);
    }
}
