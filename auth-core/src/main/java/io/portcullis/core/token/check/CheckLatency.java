package io.portcullis.core.token.check;

import io.portcullis.core.resilience.LatencyRecorder;

/**
 * Receives the durations of checks of access tokens.
 *
 * @param checks receives the duration of each check that reached a store
 * @param inMySql receives the duration of each look-up in MySQL, without the time in which it waited for its turn
 */
public record CheckLatency(LatencyRecorder checks, LatencyRecorder inMySql) {
    /** Records nothing. */
    public static final CheckLatency NONE = new CheckLatency(LatencyRecorder.NONE, LatencyRecorder.NONE);
}
