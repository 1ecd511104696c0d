package io.portcullis.core.token;

import java.time.Duration;

/**
 * How long things live.
 *
 * @param maxSessionLifetime the absolute expiry of a session, counted from login
 * @param grace how long after a refresh the spent refresh token yields its successor pair again, and the replaced access token
 *     passes
 */
public record TokenLifetimes(Duration access, Duration refresh, Duration maxSessionLifetime, Duration grace) {
    public TokenLifetimes {
        requirePositive("access", access);
        requirePositive("refresh", refresh);
        requirePositive("maxSessionLifetime", maxSessionLifetime);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace: " + grace + " (expected: zero or more)");
        }
        if (refresh.compareTo(access) <= 0) {
            throw new IllegalArgumentException(
                    "refresh: " + refresh + " (expected: longer than the access token's " + access + ")");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
        }
    }
}
