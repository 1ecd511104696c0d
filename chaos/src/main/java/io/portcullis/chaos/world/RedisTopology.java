package io.portcullis.chaos.world;

import java.util.Arrays;
import java.util.Locale;

/** The kind of Redis that the gateway uses. Behind proxies only if it is a single server: the others name their addresses themselves. */
public enum RedisTopology {
    SINGLE,
    SENTINEL,
    CLUSTER;

    public static RedisTopology of(String argument) {
        return Arrays.stream(values())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(argument))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("redis: " + argument + " (expected: single, sentinel, cluster)"));
    }
}
