package io.portcullis.core.login;

import io.portcullis.core.resilience.CallOutcome;
import java.util.concurrent.atomic.LongAdder;

/** Counts the refreshes since the start by their outcome. Concurrent calls that share one transaction count once. Thread-safe. */
public final class RefreshCounters {
    private final LongAdder rotated = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder reused = new LongAdder();
    private final LongAdder failed = new LongAdder();

    RefreshCounters() {}

    void count(RotationResult result) {
        if (result instanceof RotationResult.Rotated) {
            rotated.increment();
        } else if (result instanceof RotationResult.Replayed) {
            replayed.increment();
        } else if (((RotationResult.Refused) result).reuseDetected()) {
            reused.increment();
        } else {
            refused.increment();
        }
    }

    void countError(Throwable failure) {
        if (CallOutcome.of(failure) == CallOutcome.REFUSED) {
            refused.increment();
        } else {
            failed.increment();
        }
    }

    /** Returns the number of refreshes that yielded a new pair. */
    public long rotated() {
        return rotated.sum();
    }

    /** Returns the number of refreshes that yielded the same pair again, within the grace window. */
    public long replayed() {
        return replayed.sum();
    }

    /** Returns the number of refreshes that were refused, without those that {@link #reused} counts. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the number of refreshes with a spent refresh token after its grace window, each of which ended its session. */
    public long reused() {
        return reused.sum();
    }

    /** Returns the number of refreshes that failed because of a store, and whose outcome is unknown. */
    public long failed() {
        return failed.sum();
    }
}
