package io.portcullis.core.retention;

import java.time.Duration;

/**
 * The schedule of the janitor and the retention times.
 *
 * @param interval the pause between two runs
 * @param batchSize the maximum number of rows that one transaction removes
 * @param leaseTime the validity of the lease; after a crash another node continues when it has passed
 * @param grace the time for which a spent refresh token yields its successor pair
 * @param tokens the time for which tokens are kept after their expiry, for a logout that presents them
 * @param endedSessions the time for which a session is kept after its end
 * @param loginLog the time for which an entry of the login log is kept
 * @param tokenUses the time for which a token use is kept
 * @param deadEvents the time for which a session event that was given up is kept
 */
public record RetentionSettings(
        Duration interval,
        int batchSize,
        Duration leaseTime,
        Duration grace,
        Duration tokens,
        Duration endedSessions,
        Duration loginLog,
        Duration tokenUses,
        Duration deadEvents) {
    public RetentionSettings {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize: " + batchSize + " (expected: 1 or more)");
        }
        requirePositive("interval", interval);
        requirePositive("leaseTime", leaseTime);
        requirePositive("endedSessions", endedSessions);
        requirePositive("loginLog", loginLog);
        requirePositive("tokenUses", tokenUses);
        requirePositive("deadEvents", deadEvents);
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
