package io.portcullis.gateway.diagnostics;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator needs to know about a node, and what the node knows about the others. Times are in epoch milliseconds.
 *
 * @param node the name of the node that answers
 * @param time the node's time
 * @param uptimeMillis the time since the node's start
 * @param configuration the values in force by the names of their properties; a value that may be secret is {@code ***}
 * @param nodes the nodes that reported themselves within the last hour; null if MySQL does not say
 */
record DiagnosticsBody(
        String node,
        long time,
        long uptimeMillis,
        Versions versions,
        Map<String, @Nullable Object> configuration,
        List<Store> stores,
        List<PoolState> pools,
        int redisConnectionsMissing,
        @Nullable List<Node> nodes,
        Degraded degraded,
        Writes writes,
        @Nullable Ledger ledger) {

    record Versions(String portcullis, String java, String springBoot) {}

    /**
     * @param version null if the store does not tell it
     * @param latencyMillis the time until the answer; null without an answer
     * @param failure the kind of the error; null if the store answered
     */
    record Store(
            String name,
            String kind,
            boolean reachable,
            @Nullable String version,
            @Nullable Double latencyMillis,
            @Nullable String failure) {}

    /**
     * @param alive whether the node has reported itself within the last 30 s
     * @param silentMillis the time since its last report
     */
    record Node(String name, String version, String java, long startedAt, boolean alive, long silentMillis) {}

    /**
     * @param reason why Redis is not trusted; null while it is
     * @param entered how often degraded mode began
     */
    record Degraded(boolean active, @Nullable String reason, long totalMillis, long entered) {}

    /**
     * @param loginFailure why nobody can log in; null if users can
     * @param logoutFailure why no session can be ended; null if sessions can
     * @param unconfirmedEnds the number of ends that MySQL has not confirmed
     * @param transactions the number of transactions in flight
     */
    record Writes(
            @Nullable String loginFailure, @Nullable String logoutFailure, int unconfirmedEnds, int transactions) {}

    /**
     * The entries of the ledger whose tombstone no node has confirmed in Redis. At most 10,000 are counted.
     *
     * @param oldestAgeMillis 0 if there is none
     */
    record Ledger(long unapplied, long oldestAgeMillis) {}
}
