package io.portcullis.chaos.world;

import java.util.Arrays;
import java.util.Locale;

/**
 * The Redis topology of a run. Nodes reach only a single server through proxies, because the servers of the other topologies
 * announce their own addresses.
 */
public enum RedisTopology {
    SINGLE,
    SENTINEL,
    CLUSTER;

    /**
     * Returns the topology of a name on the command line.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static RedisTopology of(String argument) {
        return Arrays.stream(values())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(argument))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("redis: " + argument + " (expected: single, sentinel, cluster)"));
    }
}
