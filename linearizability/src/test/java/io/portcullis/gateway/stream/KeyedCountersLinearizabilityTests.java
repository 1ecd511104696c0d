package io.portcullis.gateway.stream;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Searches for a schedule in which a count exceeds its limit, or is lost. */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class KeyedCountersLinearizabilityTests {
    private static final int LIMIT = 2;

    private final KeyedCounters<Integer> counters = new KeyedCounters<>();

    @Operation
    public boolean tryAdd(@Param(name = "key") int key) {
        return counters.tryAdd(key, LIMIT);
    }

    @Operation
    public void remove(@Param(name = "key") int key) {
        counters.remove(key);
    }

    @Operation
    public int of(@Param(name = "key") int key) {
        return counters.of(key);
    }

    @Test
    void countsWhenChangedAtOnceThenAsOneAfterAnother() {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(2)
                .actorsPerThread(4)
                .check(getClass());
    }
}
