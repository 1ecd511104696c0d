package io.portcullis.core.r2dbc.pool;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.r2dbc.StoreFailures;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that a server refuses writes or shuts down, like the former primary after a failover behind one host name, and decides
 * which pooled connections must be replaced. Thread-safe.
 *
 * <p>Such an error retires the connection on which it occurred, and all connections that are older than 1 s. A connection that is
 * established within 3 s after the last such error is retired at an age of 1 s. The pool therefore follows the host name as soon
 * as it points to another server, and establishes at most its maximum size of connections per second.
 */
final class ServerChangeDetector {
    private static final Logger log = LoggerFactory.getLogger(ServerChangeDetector.class);

    private static final long MIN_AGE = Duration.ofSeconds(1).toNanos();
    private static final long SETTLING = Duration.ofSeconds(3).toNanos();
    private static final long LOG_INTERVAL = Duration.ofSeconds(30).toNanos();

    private final LongSupplier nanoTime;
    /** The time of the last error that indicates a server change; null before the first one. */
    private final AtomicReference<@Nullable Long> lastError = new AtomicReference<>();

    private final AtomicLong lastLog;

    private final Runnable listener;

    ServerChangeDetector() {
        this(System::nanoTime, () -> {});
    }

    /** @param listener is run for each error that indicates a server change; must not block */
    ServerChangeDetector(Runnable listener) {
        this(System::nanoTime, listener);
    }

    /** @param nanoTime a monotonic clock as {@link System#nanoTime()} */
    ServerChangeDetector(LongSupplier nanoTime) {
        this(nanoTime, () -> {});
    }

    private ServerChangeDetector(LongSupplier nanoTime, Runnable listener) {
        this.nanoTime = nanoTime;
        this.listener = listener;
        this.lastLog = new AtomicLong(nanoTime.getAsLong() - LOG_INTERVAL);
    }

    /** Returns the creation time of a connection that is established now, for {@link #outdated}; in nanoseconds. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** Records the error of a connection; returns whether that connection must not be reused. */
    boolean report(Throwable error) {
        if (!StoreFailures.isServerChange(error)) {
            return false;
        }
        long now = nanoTime.getAsLong();
        lastError.set(now);
        listener.run();
        long logged = lastLog.get();
        if (now - logged >= LOG_INTERVAL && lastLog.compareAndSet(logged, now)) {
            log.warn("MySQL takes no writes at the moment; replacing its connections: {}", RootCause.describe(error));
        }
        return true;
    }

    /** Returns whether a connection that was established at {@code created} may lead to the former server. */
    boolean outdated(long created) {
        Long error = lastError.get();
        return error != null && created - error < SETTLING && nanoTime.getAsLong() - created >= MIN_AGE;
    }
}
