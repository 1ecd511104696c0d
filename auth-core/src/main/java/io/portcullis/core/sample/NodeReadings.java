package io.portcullis.core.sample;

import java.time.Duration;

/**
 * What a node has counted since its start.
 *
 * @param checks the number of access tokens that the node checked
 * @param refused the number of those that it refused
 * @param degraded the time that the node spent in degraded mode
 * @param streams the number of streams that are open now
 */
public record NodeReadings(long checks, long refused, Duration degraded, int streams) {
    /** Returns what was counted since the former readings of the same node, and the streams of now. */
    NodeReadings since(NodeReadings former) {
        return new NodeReadings(
                checks - former.checks, refused - former.refused, degraded.minus(former.degraded), streams);
    }
}
