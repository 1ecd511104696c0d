package io.portcullis.core.resilience;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Runs random schedules, and searches for one in which two calls run under one permit, or a call waits for ever. */
public class ConcurrencyLimitLinearizabilityTests {
    private static final int THREADS = 3;

    private final ConcurrencyLimit limit = new ConcurrencyLimit("MySQL", 1, THREADS, () -> {});
    /** Loses an increment if two calls run at once. */
    private int calls;

    @Operation
    public @Nullable Integer call() {
        return limit.run(Mono.fromSupplier(() -> ++calls), work -> work).block();
    }

    @Test
    void callsWhenOnePermitThenOneAfterAnother() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(1_000)
                .threads(THREADS)
                .actorsPerThread(2)
                .check(getClass());
    }
}
