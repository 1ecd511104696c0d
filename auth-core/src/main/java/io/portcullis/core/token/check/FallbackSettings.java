package io.portcullis.core.token.check;

import java.time.Duration;

/**
 * Limits the checks in MySQL that Redis could not decide, so that a Redis outage does not overload MySQL.
 *
 * @param maxConcurrent the maximum number of concurrent look-ups
 * @param maxWaiting the maximum number of look-ups that wait for a permit; a further one fails with {@code UNAVAILABLE}
 * @param deadline the time limit of a look-up from the moment it has its permit, extended by stalls of the node; an overdue
 *     look-up fails with {@code UNAVAILABLE}
 */
public record FallbackSettings(int maxConcurrent, int maxWaiting, Duration deadline) {
    private static final int MAX_UNVERIFIED = 4;
    private static final int MAX_UNVERIFIED_WAITING = 200;

    public FallbackSettings {
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException("maxConcurrent: " + maxConcurrent + " (expected: >= 1)");
        }
        if (maxWaiting < 0) {
            throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: >= 0)");
        }
        if (deadline.toMillis() < 1) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: >= 1ms)");
        }
    }

    /** Returns the settings for tokens of which the text proves nothing, so that anybody can make them up: 4 concurrent, 200 waiting. */
    FallbackSettings forUnverified() {
        return new FallbackSettings(
                Math.min(maxConcurrent, MAX_UNVERIFIED), Math.min(maxWaiting, MAX_UNVERIFIED_WAITING), deadline);
    }

    /** Returns how many look-ups of all kinds may run at the same time: of genuine, imported and other nodes' tokens. */
    public int connections() {
        return maxConcurrent + 2 * forUnverified().maxConcurrent();
    }

    /** Returns the defaults: 10 concurrent, 2,000 waiting, a deadline of 150 ms. */
    public static FallbackSettings defaults() {
        return new FallbackSettings(10, 2_000, Duration.ofMillis(150));
    }
}
