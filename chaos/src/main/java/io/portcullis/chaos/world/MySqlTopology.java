package io.portcullis.chaos.world;

import java.util.Arrays;
import java.util.Locale;

/** The servers of MySQL in a run. Each node reaches each of them through a proxy of its own. */
public enum MySqlTopology {
    /** One server. */
    SINGLE,
    /** A primary and a replica, for which commits do not wait. */
    REPLICA,
    /** A primary whose commits wait for its replica. */
    SEMI_SYNC,
    /** Three nodes of a Galera cluster, each of which some gateway node writes to. */
    GALERA;

    /**
     * Returns the topology of a name on the command line.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static MySqlTopology of(String argument) {
        return Arrays.stream(values())
                .filter(value -> value.argument().equals(argument))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "mysql: " + argument + " (expected: single, replica, semi-sync, galera)"));
    }

    /** Returns the name on the command line. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
