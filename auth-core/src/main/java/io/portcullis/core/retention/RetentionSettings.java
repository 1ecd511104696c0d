package io.portcullis.core.retention;

import java.time.Duration;

/**
 * When the janitor comes and how long things are kept.
 *
 * @param interval how long after one run the next begins
 * @param batchSize how many rows one transaction removes
 * @param leaseTime how long after its death another node may go on where it stopped
 * @param grace how long a spent refresh token yields its successor pair
 * @param tokens how long after their expiry tokens are kept, for a logout that presents them
 * @param endedSessions how long after its end a session is kept
 * @param loginLog how long an entry of the login log is kept
 */
public record RetentionSettings(
        Duration interval,
        int batchSize,
        Duration leaseTime,
        Duration grace,
        Duration tokens,
        Duration endedSessions,
        Duration loginLog) {
    public RetentionSettings {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize: " + batchSize + " (expected: 1 or more)");
        }
        requirePositive("interval", interval);
        requirePositive("leaseTime", leaseTime);
        requirePositive("endedSessions", endedSessions);
        requirePositive("loginLog", loginLog);
        if (grace.isNegative() || tokens.isNegative()) {
            throw new IllegalArgumentException("grace: " + grace + ", tokens: " + tokens + " (expected: zero or more)");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
        }
    }
}
