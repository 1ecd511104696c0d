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
 * What a round does.
 *
 * @param seed decides everything that is left to chance, but not how threads and servers take turns
 * @param faults begin one after the other and end together
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
     * What is promised meanwhile: the weakest of what each fault alone leaves. Together two faults can keep from all others what a node
     * without Redis has changed in MySQL: then they learn it only when one of the faults is over.
     *
     * @param lasted how long the faults did
     */
    Bounds bounds(Duration lasted) {
        boolean masters = cuts(Fault.Cut.TWO_MASTERS) && cuts(Fault.Cut.MYSQL);
        boolean split = masters || (cuts(Fault.Cut.REDIS_OF_ONE) && cuts(Fault.Cut.MYSQL));
        Duration superseded = split ? lasted.plus(Bounds.SUPERSEDED) : Bounds.SUPERSEDED;
        // Under reject no end is answered with success without its tombstones, but these may be in another master.
        boolean late = masters || (split && !halfDoneAllowed);
        Duration stale = late ? superseded : longest(Fault::stale);
        return new Bounds(stale, superseded, WorldOptions.GRACE, longest(Fault::skew), halfDoneAllowed);
    }

    private boolean cuts(Fault.Cut what) {
        return faults.stream().anyMatch(fault -> fault.cut() == what);
    }

    Duration hold() {
        return longest(Fault::hold);
    }

    boolean emptiesRedis() {
        return faults.stream().anyMatch(Fault::emptiesRedis);
    }

    private Duration longest(Function<Fault, Duration> part) {
        return faults.stream().map(part).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }
}
