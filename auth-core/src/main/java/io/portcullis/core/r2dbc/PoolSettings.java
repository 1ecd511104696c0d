package io.portcullis.core.r2dbc;

import java.time.Duration;

/**
 * The limits of the connection pool. The driver and the pool wait without bound unless told otherwise.
 *
 * @param maxSize most connections that are open at once
 * @param minIdle connections kept ready
 * @param maxAcquireTime longest wait for a connection, after which the caller gets {@code UNAVAILABLE}
 * @param maxIdleTime how long an unused connection is kept
 * @param maxLifeTime age at which a connection is replaced; must be below the server's {@code wait_timeout}
 * @param lockWaitTimeout longest wait for a row lock
 * @param statementTimeout longest run of a statement (MySQL: of a SELECT)
 */
public record PoolSettings(
        int maxSize,
        int minIdle,
        Duration maxAcquireTime,
        Duration maxIdleTime,
        Duration maxLifeTime,
        Duration lockWaitTimeout,
        Duration statementTimeout) {
    public PoolSettings {
        if (maxSize < 1) {
            throw new IllegalArgumentException("maxSize: " + maxSize + " (expected: >= 1)");
        }
        if (minIdle < 0 || minIdle > maxSize) {
            throw new IllegalArgumentException("minIdle: " + minIdle + " (expected: 0 to maxSize " + maxSize + ")");
        }
        requirePositive("maxAcquireTime", maxAcquireTime);
        requirePositive("maxIdleTime", maxIdleTime);
        requirePositive("maxLifeTime", maxLifeTime);
        requirePositive("statementTimeout", statementTimeout);
        if (lockWaitTimeout.toSeconds() < 1) {
            // The servers count it in whole seconds.
            throw new IllegalArgumentException("lockWaitTimeout: " + lockWaitTimeout + " (expected: >= 1s)");
        }
    }

    /** 20 connections, 1.5 s to acquire one, 90 s idle, 30 min of life, 3 s for locks and for statements. */
    public static PoolSettings defaults() {
        return new PoolSettings(
                20,
                0,
                Duration.ofMillis(1500),
                Duration.ofSeconds(90),
                Duration.ofMinutes(30),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3));
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
