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
 * Decides which pooled connections lead to a server that does no longer take writes or has announced its shutdown, as the former
 * primary does after a failover behind one name.
 *
 * <p>An error with such a code ends the connection that it came on, and all connections that are older than a second. For three
 * seconds after the last such error no connection lives longer than a second, so that the pool follows the name as soon as it
 * points at another server, and never makes more connections than its size in a second.
 */
final class ServerChangeDetector {
    private static final Logger log = LoggerFactory.getLogger(ServerChangeDetector.class);

    private static final long MIN_AGE = Duration.ofSeconds(1).toNanos();
    private static final long SETTLING = Duration.ofSeconds(3).toNanos();
    private static final long LOG_INTERVAL = Duration.ofSeconds(30).toNanos();

    private final LongSupplier nanoTime;
    /** The time of the last such error, null before the first. */
    private final AtomicReference<@Nullable Long> lastError = new AtomicReference<>();

    private final AtomicLong lastLog;

    ServerChangeDetector() {
        this(System::nanoTime);
    }

    /** @param nanoTime a monotonic clock as {@link System#nanoTime()} */
    ServerChangeDetector(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastLog = new AtomicLong(nanoTime.getAsLong() - LOG_INTERVAL);
    }

    /** The time at which a connection that is made now was made, for {@link #outdated}. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** Takes note of an error of a connection; returns whether that connection must not be used again. */
    boolean report(Throwable error) {
        if (!StoreFailures.isServerChange(error)) {
            return false;
        }
        long now = nanoTime.getAsLong();
        lastError.set(now);
        long logged = lastLog.get();
        if (now - logged >= LOG_INTERVAL && lastLog.compareAndSet(logged, now)) {
            log.warn(
                    "MySQL takes no writes at the moment, its connections are replaced: {}", RootCause.describe(error));
        }
        return true;
    }

    /** Whether a connection that was made at {@code created} may lead to a server that has been left. */
    boolean outdated(long created) {
        Long error = lastError.get();
        return error != null && created - error < SETTLING && nanoTime.getAsLong() - created >= MIN_AGE;
    }
}
