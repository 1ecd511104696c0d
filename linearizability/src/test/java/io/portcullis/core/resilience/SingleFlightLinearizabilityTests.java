package io.portcullis.core.resilience;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Runs random schedules, and searches for one in which a caller gets data that was read before its call, or waits for ever. */
public class SingleFlightLinearizabilityTests {
    private final SingleFlight<Integer> flights = new SingleFlight<>();
    private volatile int stored;

    /** Changes what the store has. */
    @Operation
    public void write(@Param(gen = IntGen.class, conf = "1:3") int value) {
        stored = value;
    }

    /** Reads the store in a flight that concurrent callers share. */
    @Operation
    public @Nullable Integer read() {
        return flights.join("key", Mono.fromSupplier(() -> stored)).block();
    }

    /** Reads the store in another flight of the same lane. */
    @Operation
    public @Nullable Integer readOther() {
        return flights.join("key", "other", work -> work, Mono.fromSupplier(() -> stored))
                .block();
    }

    @Test
    void readsWhenSharedThenEachIsFromAfterItsCall() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .check(getClass());
    }
}
