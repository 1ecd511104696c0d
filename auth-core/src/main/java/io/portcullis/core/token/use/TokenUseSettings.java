package io.portcullis.core.token.use;

import java.time.Duration;

/**
 * The limits of gathering and writing token uses.
 *
 * @param flushInterval the time between two flushes
 * @param maxPending the number of rows that may wait for MySQL on this node. Rows that have not reached the flush yet are counted
 *     apart, with the same limit
 * @param maxPerSession the number of rows that a session may have in the last hour, above which a flush creates no further row for it;
 *     also the number of its rows that one flush may create
 */
public record TokenUseSettings(Duration flushInterval, int maxPending, int maxPerSession) {
    public TokenUseSettings {
        if (flushInterval.isZero() || flushInterval.isNegative()) {
            throw new IllegalArgumentException("flushInterval: " + flushInterval + " (expected: more than zero)");
        }
        if (maxPending < 1 || maxPerSession < 1) {
            throw new IllegalArgumentException("maxPending: " + maxPending + ", maxPerSession: " + maxPerSession
                    + " (expected: 1 or more of each)");
        }
    }

    /** Returns the settings of a gateway without configuration. */
    public static TokenUseSettings defaults() {
        return new TokenUseSettings(Duration.ofSeconds(5), 50_000, 100);
    }
}
