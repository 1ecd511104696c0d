package io.portcullis.core.resilience;

import java.time.Duration;

/**
 * When Redis is given up for a while.
 *
 * @param failureRatePercent of the last {@code window} calls, how many must fail, 1 to 100
 * @param slowCall from when on a call counts as slow; as many slow calls open the breaker as failures would
 * @param window how many calls are looked at
 * @param minimumCalls fewer calls than that decide nothing
 * @param openFor how long calls fail at once before Redis is tried again
 * @param probes how many calls are let through to try it
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

    /** Opens when half of the last 20 calls failed or took over 150 ms, and tries again every second with 3 calls. */
    public static BreakerSettings defaults() {
        return new BreakerSettings(50, Duration.ofMillis(150), 20, 10, Duration.ofSeconds(1), 3);
    }

    private static void require(boolean valid, String name, Object value, String expected) {
        if (!valid) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
