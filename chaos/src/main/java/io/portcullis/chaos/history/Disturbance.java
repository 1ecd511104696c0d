package io.portcullis.chaos.history;

import java.util.Set;

/**
 * What a fault may have done to the streams of some nodes. Times are as in {@link Operation}.
 *
 * @param losses what the nodes could not rely on
 * @param nodes the numbers of the nodes
 * @param from the time just before the fault began
 * @param over the time at which the fault ended
 * @param until the time at which every node worked again
 */
public record Disturbance(Set<Loss> losses, Set<Integer> nodes, long from, long over, long until) {
    public Disturbance {
        losses = Set.copyOf(losses);
        nodes = Set.copyOf(nodes);
    }

    /** What a node cannot rely on during a fault. */
    public enum Loss {
        /** The messages about ended sessions that the node sends or receives may be late or lost. */
        SIGNAL,
        /** The node does not reach Redis at all. */
        REDIS,
        /** The node's queries may be late or fail. */
        QUERIES,
        /** The node does not reach MySQL at all. */
        MYSQL,
        /** The process of the node ends. */
        PROCESS
    }
}
