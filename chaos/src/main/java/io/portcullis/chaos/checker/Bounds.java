package io.portcullis.chaos.checker;

import java.time.Duration;

/**
 * The guarantees under the conditions of a history.
 *
 * @param stale how long after its end a session may still be served: zero, or one second if a node was cut off, Redis failed over, or
 *     an end was answered without its tombstones (policy {@code queue})
 * @param staleWhereEnded the same at the node that answered the end, if no other node was asked to end the session
 * @param superseded how long a replaced access token may still be served after its grace window, or after a second refresh
 * @param grace how long a used refresh token yields the same pair again and the replaced access token is served
 * @param skew the largest difference between the clocks of the nodes; it shifts expiries, but no grace window
 * @param halfDoneAllowed whether an unsuccessful logout may have revoked the access token in Redis alone (policy {@code
 *     reject}, or a fault of MySQL; invariant I5: the next successful logout completes both)
 * @param maxUnchecked how long a node that reaches neither store keeps streams
 */
public record Bounds(
        Duration stale,
        Duration staleWhereEnded,
        Duration superseded,
        Duration grace,
        Duration skew,
        boolean halfDoneAllowed,
        Duration maxUnchecked) {
    /**
     * The bound with a single fault. It is not zero, because a refresh succeeds even if Redis has not confirmed the
     * tombstone; the replay, twice a second, writes it later.
     */
    public static final Duration SUPERSEDED = Duration.ofSeconds(1);

    /** How long a session may be served after an end without tombstones, at nodes that did not answer this end. */
    public static final Duration QUEUED = Duration.ofSeconds(1);

    /** How long a stream may deliver after its session's end was answered, while its node learns of ends. */
    public static final Duration STREAM = Duration.ofSeconds(1);
}
