package io.portcullis.core.r2dbc.pool;

import java.time.Duration;

/**
 * Holds the limits of a connection pool. By default the driver and the pool wait without bound.
 *
 * @param maxSize the maximum number of open connections
 * @param minIdle the number of idle connections that the pool keeps open
 * @param maxAcquireTime the time limit for acquiring a connection, including its validation; then the caller gets
 *     {@code UNAVAILABLE}
 * @param maxValidationTime the time limit for validating a pooled connection; then the connection is discarded
 * @param maxIdleTime the time for which an idle connection is kept
 * @param maxLifeTime the age at which a connection is replaced; must be below the server's {@code wait_timeout}
 * @param maxWaiting the maximum number of callers that wait for a connection; a further caller gets {@code UNAVAILABLE} at once
 * @param timeouts the timeouts of each connection
 */
public record PoolSettings(
        int maxSize,
        int minIdle,
        Duration maxAcquireTime,
        Duration maxValidationTime,
        Duration maxIdleTime,
        Duration maxLifeTime,
        int maxWaiting,
        MySqlTimeouts timeouts) {
    public PoolSettings {
        if (maxSize < 1) {
            throw new IllegalArgumentException("maxSize: " + maxSize + " (expected: >= 1)");
        }
        if (minIdle < 0 || minIdle > maxSize) {
            throw new IllegalArgumentException("minIdle: " + minIdle + " (expected: 0 to maxSize " + maxSize + ")");
        }
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: >= 1)");
        }
        requirePositive("maxAcquireTime", maxAcquireTime);
        requirePositive("maxValidationTime", maxValidationTime);
        requirePositive("maxIdleTime", maxIdleTime);
        requirePositive("maxLifeTime", maxLifeTime);
    }

    /** Creates settings without a limit on the number of callers that wait. */
    public PoolSettings(
            int maxSize,
            int minIdle,
            Duration maxAcquireTime,
            Duration maxValidationTime,
            Duration maxIdleTime,
            Duration maxLifeTime,
            MySqlTimeouts timeouts) {
        this(
                maxSize,
                minIdle,
                maxAcquireTime,
                maxValidationTime,
                maxIdleTime,
                maxLifeTime,
                Integer.MAX_VALUE,
                timeouts);
    }

    /**
     * Returns the defaults: 20 connections, 1.5 s to acquire, 500 ms to validate, 90 s idle, 30 min of age,
     * {@link MySqlTimeouts#defaults}.
     */
    public static PoolSettings defaults() {
        return new PoolSettings(
                20,
                0,
                Duration.ofMillis(1500),
                Duration.ofMillis(500),
                Duration.ofSeconds(90),
                Duration.ofMinutes(30),
                MySqlTimeouts.defaults());
    }

    /** Returns these settings with another maximum size; {@code minIdle} is reduced to it if necessary. */
    public PoolSettings withMaxSize(int newMaxSize) {
        return new PoolSettings(
                newMaxSize,
                Math.min(minIdle, newMaxSize),
                maxAcquireTime,
                maxValidationTime,
                maxIdleTime,
                maxLifeTime,
                maxWaiting,
                timeouts);
    }

    /** Returns these settings with another limit on the number of callers that wait for a connection. */
    public PoolSettings withMaxWaiting(int newMaxWaiting) {
        return new PoolSettings(
                maxSize, minIdle, maxAcquireTime, maxValidationTime, maxIdleTime, maxLifeTime, newMaxWaiting, timeouts);
    }

    /** Returns these settings with other timeouts. */
    public PoolSettings withTimeouts(MySqlTimeouts newTimeouts) {
        return new PoolSettings(
                maxSize, minIdle, maxAcquireTime, maxValidationTime, maxIdleTime, maxLifeTime, maxWaiting, newTimeouts);
    }

    static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
