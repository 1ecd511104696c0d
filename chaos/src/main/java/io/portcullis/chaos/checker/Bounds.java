package io.portcullis.chaos.checker;

import java.time.Duration;

/**
 * What is promised in the circumstances of a history.
 *
 * @param stale how long after its end a session may still be served: zero, or one second where a node was cut off or Redis failed
 *     over
 * @param grace how long a spent refresh token yields the same pair again
 * @param skew how far the nodes' clocks may differ
 */
public record Bounds(Duration stale, Duration grace, Duration skew) {}
