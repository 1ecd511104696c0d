package io.portcullis.gateway.upstream;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Searches for a schedule in which a pool gets more connections than its limit and its streams allow. */
public class PoolSizeLimitLinearizabilityTests {
    private final PoolSizeLimit limit = new PoolSizeLimit(1);

    @Operation
    public int getPermit() {
        return limit.getPermits(1);
    }

    /** Gives back a permit, if one is taken: a connection has closed. */
    @Operation(nonParallelGroup = "ends")
    public int returnPermit() {
        int granted = limit.permitGranted();
        if (granted > 0) {
            limit.returnPermits(1);
        }
        return granted;
    }

    @Operation
    public void addStream() {
        limit.addStream();
    }

    @Operation(nonParallelGroup = "ends")
    public void removeStream() {
        limit.removeStream();
    }

    @Test
    void permitsWhenStreamsComeAndGoThenNeverMoreThanTheLimit() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(500)
                .threads(2)
                .actorsPerThread(4)
                .check(getClass());
    }
}
