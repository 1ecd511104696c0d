package io.portcullis.core.r2dbc.pool;

import java.time.Duration;

/**
 * The limits of the connection pool. The driver and the pool wait without bound unless told otherwise.
 *
 * @param maxSize most connections that are open at once
 * @param minIdle connections kept ready
 * @param maxAcquireTime longest wait for a connection, its validation included, after which the caller gets {@code UNAVAILABLE}
 * @param maxValidationTime how long a connection from the pool may take to answer before it is thrown away
 * @param maxIdleTime how long an unused connection is kept
 * @param maxLifeTime age at which a connection is replaced; must be below the server's {@code wait_timeout}
 * @param timeouts those of each connection
 */
public record PoolSettings(
        int maxSize,
        int minIdle,
        Duration maxAcquireTime,
        Duration maxValidationTime,
        Duration maxIdleTime,
        Duration maxLifeTime,
        MySqlTimeouts timeouts) {
    public PoolSettings {
        if (maxSize < 1) {
            throw new IllegalArgumentException("maxSize: " + maxSize + " (expected: >= 1)");
        }
        if (minIdle < 0 || minIdle > maxSize) {
            throw new IllegalArgumentException("minIdle: " + minIdle + " (expected: 0 to maxSize " + maxSize + ")");
        }
        requirePositive("maxAcquireTime", maxAcquireTime);
        requirePositive("maxValidationTime", maxValidationTime);
        requirePositive("maxIdleTime", maxIdleTime);
        requirePositive("maxLifeTime", maxLifeTime);
    }

    /** 20 connections, 1.5 s to acquire one, 500 ms to validate it, 90 s idle, 30 min of life, {@link MySqlTimeouts#defaults}. */
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

    /** The same for another number of connections. */
    public PoolSettings withMaxSize(int newMaxSize) {
        return new PoolSettings(
                newMaxSize,
                Math.min(minIdle, newMaxSize),
                maxAcquireTime,
                maxValidationTime,
                maxIdleTime,
                maxLifeTime,
                timeouts);
    }

    /** The same with other limits of a connection. */
    public PoolSettings withTimeouts(MySqlTimeouts newTimeouts) {
        return new PoolSettings(
                maxSize, minIdle, maxAcquireTime, maxValidationTime, maxIdleTime, maxLifeTime, newTimeouts);
    }

    static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
