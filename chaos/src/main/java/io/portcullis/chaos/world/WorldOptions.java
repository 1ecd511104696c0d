package io.portcullis.chaos.world;

import io.portcullis.chaos.node.Sabotage;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway's nodes run on.
 *
 * @param nodes how many
 * @param whenRedisFails the policy for logouts, {@code reject} or {@code queue}
 * @param sabotage what is broken on purpose; null for nothing
 * @param logs where the nodes' logs go
 */
public record WorldOptions(
        int nodes,
        RedisTopology topology,
        String whenRedisFails,
        @Nullable Sabotage sabotage,
        Path logs) {
    /** Short enough to expire within a round, long enough for most sessions to be refreshed before. */
    public static final Duration ACCESS_TTL = Duration.ofSeconds(25);

    public static final Duration GRACE = Duration.ofSeconds(10);

    public WorldOptions {
        if (nodes < 1 || nodes > 9) {
            throw new IllegalArgumentException("nodes: " + nodes + " (expected: 1 to 9)");
        }
    }
}
