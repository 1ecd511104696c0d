package io.portcullis.core.resilience;

import java.time.Duration;

/**
 * The thresholds of a {@link StoreBreaker}.
 *
 * @param failureRatePercent the percentage of failed calls in the window that opens the breaker, 1 to 100. The same
 *     percentage of slow calls opens it, too
 * @param slowCall the duration above which a call counts as slow
 * @param window the number of last calls that are evaluated
 * @param minimumCalls the number of recorded calls below which the breaker does not open
 * @param openFor the time for which the open breaker refuses calls before it lets probes through
 * @param probes the number of calls that the half-open breaker lets through
 */
public record BreakerSettings(
        int failureRatePercent, Duration slowCall, int window, int minimumCalls, Duration openFor, int probes) {
    public BreakerSettings {
        require(
                failureRatePercent >= 1 && failureRatePercent <= 100,
                "failureRatePercent",
                failureRatePercent,
                "1 to 100");
        require(slowCall.toMillis() >= 1, "slowCall", slowCall, ">= 1ms");
        require(window >= 1, "window", window, ">= 1");
        require(minimumCalls >= 1 && minimumCalls <= window, "minimumCalls", minimumCalls, "1 to window");
        require(openFor.toMillis() >= 1, "openFor", openFor, ">= 1ms");
        require(probes >= 1, "probes", probes, ">= 1");
    }

    /**
     * Returns the defaults: the breaker opens when half of the last 20 calls failed or took over 150 ms, and after 1
     * s lets 3 probes through.
     */
    public static BreakerSettings defaults() {
        return new BreakerSettings(50, Duration.ofMillis(150), 20, 10, Duration.ofSeconds(1), 3);
    }

    private static void require(boolean valid, String name, Object value, String expected) {
        if (!valid) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
