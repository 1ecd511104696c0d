package io.portcullis.chaos.checker;

import java.time.Duration;

/**
 * What is promised in the circumstances of a history.
 *
 * @param stale how long after its end a session may still be served: zero, or one second where a node was cut off or Redis failed
 *     over
 * @param grace how long a spent refresh token yields the same pair again
 * @param skew how far the nodes' clocks may differ
 * @param halfDoneAllowed whether a logout that was answered 503 may have killed the access token in Redis alone (policy {@code
 *     reject}, invariant I5: either whole after the next success)
 */
public record Bounds(Duration stale, Duration grace, Duration skew, boolean halfDoneAllowed) {
    /** How long a replaced access token may be served, with any fault: the ledger's replay comes twice a second. */
    static final Duration SUPERSEDED = Duration.ofSeconds(1);
}
