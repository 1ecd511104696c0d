package io.portcullis.gateway.observe;

import io.portcullis.core.resilience.LatencyRecorder;

/**
 * Receives the time from the end of a session to each of its tombstones in Redis.
 *
 * @param byEnd receives that of a tombstone that the end itself has written
 * @param byReplay receives that of a tombstone that this node's replay has written or confirmed
 */
public record TombstoneDelays(LatencyRecorder byEnd, LatencyRecorder byReplay) {}
