package io.portcullis.core.token;

import java.time.Duration;

/**
 * Holds the lifetimes of tokens and sessions, and the length of the grace window.
 *
 * @param access the lifetime of an access token
 * @param refresh the lifetime of a refresh token; longer than {@code access}
 * @param maxSessionLifetime the time from login to the absolute expiry of the session
 * @param grace the time after a refresh during which the spent refresh token yields the same successor pair again, and the
 *     replaced access token still passes; zero switches grace off
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
