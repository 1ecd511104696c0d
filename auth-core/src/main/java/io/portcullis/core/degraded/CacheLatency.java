package io.portcullis.core.degraded;

import io.portcullis.core.resilience.LatencyRecorder;

/**
 * Receives the durations of the commands that requests send to Redis.
 *
 * @param reads receives the duration of each look-up of a token
 * @param writes receives the duration of each issue, fill, supersession and tombstone
 */
public record CacheLatency(LatencyRecorder reads, LatencyRecorder writes) {
    /** Records nothing. */
    public static final CacheLatency NONE = new CacheLatency(LatencyRecorder.NONE, LatencyRecorder.NONE);
}
