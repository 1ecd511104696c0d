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

    /** What is promised meanwhile: the weakest of what each fault alone leaves. */
    Bounds bounds() {
        return new Bounds(longest(Fault::stale), WorldOptions.GRACE, longest(Fault::skew), halfDoneAllowed);
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
