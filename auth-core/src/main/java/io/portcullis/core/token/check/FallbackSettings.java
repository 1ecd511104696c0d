package io.portcullis.core.token.check;

import java.time.Duration;

/**
 * The limits of checks that Redis could not answer, so that MySQL is not lost as well.
 *
 * @param maxConcurrent tokens that are looked up in MySQL at a time
 * @param maxWaiting tokens that may wait for their turn; one more is refused as {@code UNAVAILABLE}
 * @param deadline how long a look-up may take once it has its turn, on a node that does not stand still; then {@code UNAVAILABLE}
 */
public record FallbackSettings(int maxConcurrent, int maxWaiting, Duration deadline) {
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

    /** 10 at a time, 2,000 waiting, 150 ms each. */
    public static FallbackSettings defaults() {
        return new FallbackSettings(10, 2_000, Duration.ofMillis(150));
    }
}
