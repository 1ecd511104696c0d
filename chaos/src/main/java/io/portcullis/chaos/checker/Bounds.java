package io.portcullis.chaos.checker;

import java.time.Duration;

/**
 * What is promised in the circumstances of a history.
 *
 * @param stale how long after its end a session may still be served: zero, or one second where a node was cut off or Redis failed
 *     over
 * @param superseded how long after its grace window, or after a second refresh, a replaced access token may still be served
 * @param grace how long a spent refresh token yields the same pair again, and the replaced access token is served
 * @param skew how far the nodes' clocks may differ; it moves expiries, and no grace window
 * @param halfDoneAllowed whether a logout that was not answered with success may have killed the access token in Redis alone (policy
 *     {@code reject}, invariant I5: either whole after the next success)
 */
public record Bounds(Duration stale, Duration superseded, Duration grace, Duration skew, boolean halfDoneAllowed) {
    /** With any fault alone: a refresh does not fail for a tombstone that Redis did not confirm, and the replay comes twice a second. */
    public static final Duration SUPERSEDED = Duration.ofSeconds(1);
}
