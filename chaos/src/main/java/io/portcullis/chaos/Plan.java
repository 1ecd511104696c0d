package io.portcullis.chaos;

import io.portcullis.chaos.checker.Bounds;
import io.portcullis.chaos.fault.Fault;
import io.portcullis.chaos.world.WorldOptions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The plan of a round.
 *
 * @param seed the seed of all random decisions; the scheduling of threads and servers remains random
 * @param faults the faults, which begin one after the other and end together
 * @param halfDoneAllowed see {@link Bounds}
 */
record Plan(long seed, List<Fault> faults, boolean halfDoneAllowed) {
    Plan {
        faults = List.copyOf(faults);
    }

    String name() {
        return faults.stream().map(Fault::name).collect(Collectors.joining("+"));
    }

    /**
     * Returns the guarantees during the round: the weakest of those that each fault leaves. Two faults together can prevent
     * all other nodes from learning a change that a node without Redis has made in MySQL. The other nodes then learn it
     * only when one of the faults is over.
     *
     * @param lasted the duration of the faults
     */
    Bounds bounds(Duration lasted) {
        boolean masters = cuts(Fault.Cut.TWO_MASTERS) && cuts(Fault.Cut.MYSQL);
        boolean split = masters || ((cuts(Fault.Cut.REDIS_OF_ONE) || delaysTombstones()) && cuts(Fault.Cut.MYSQL));
        Duration superseded = split ? lasted.plus(Bounds.SUPERSEDED) : Bounds.SUPERSEDED;
        // Under the policy reject a logout succeeds only with its tombstones, but these may be on the other master.
        boolean late = masters || (split && !halfDoneAllowed);
        Duration whereEnded = late ? superseded : longest(Fault::stale);
        return new Bounds(
                delaysTombstones() && !halfDoneAllowed ? longer(whereEnded, Bounds.QUEUED) : whereEnded,
                whereEnded,
                superseded,
                WorldOptions.GRACE,
                longest(Fault::skew),
                // Under both policies a fault of MySQL may roll back an end whose tombstones are in Redis.
                halfDoneAllowed || cuts(Fault.Cut.MYSQL),
                WorldOptions.MAX_UNCHECKED);
    }

    private boolean delaysTombstones() {
        return faults.stream().anyMatch(Fault::delaysTombstones);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private boolean cuts(Fault.Cut cut) {
        return faults.stream().anyMatch(fault -> fault.cut() == cut);
    }

    Duration hold() {
        return longest(Fault::hold);
    }

    boolean emptiesRedis() {
        return faults.stream().anyMatch(Fault::emptiesRedis);
    }

    /** Returns whether MySQL may lose changes that it had confirmed, and with them any promise about these. */
    boolean losesCommits() {
        return faults.stream().anyMatch(Fault::losesCommits);
    }

    private Duration longest(Function<Fault, Duration> duration) {
        return faults.stream().map(duration).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }
}
