package io.portcullis.chaos.world;

import io.portcullis.chaos.node.Sabotage;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of the environment.
 *
 * @param nodes the number of gateway nodes
 * @param mysql the servers of MySQL
 * @param topology the Redis topology
 * @param whenRedisFails the policy for logouts, {@code reject} or {@code queue}
 * @param sabotage the deliberately broken property, null for none
 * @param logs the directory for the logs of the nodes
 */
public record WorldOptions(
        int nodes,
        MySqlTopology mysql,
        RedisTopology topology,
        String whenRedisFails,
        @Nullable Sabotage sabotage,
        Path logs) {
    /**
     * The lifetime of access tokens: short enough to expire within a round, and long enough for most sessions to be
     * refreshed before.
     */
    public static final Duration ACCESS_TTL = Duration.ofSeconds(25);

    public static final Duration GRACE = Duration.ofSeconds(10);

    /** Shorter than some faults, so that they show what happens to streams after that time. */
    public static final Duration MAX_UNCHECKED = Duration.ofSeconds(3);

    public WorldOptions {
        if (nodes < 1 || nodes > 9) {
            throw new IllegalArgumentException("nodes: " + nodes + " (expected: 1 to 9)");
        }
    }
}
