package io.portcullis.core.token.check;

import java.util.concurrent.atomic.LongAdder;

/** Counts the checks since the start, by the store that decided. Thread-safe; counting allocates nothing. */
public final class CheckCounters {
    private final LongAdder unverified = new LongAdder();
    private final LongAdder redis = new LongAdder();
    private final LongAdder refilled = new LongAdder();
    private final LongAdder degraded = new LongAdder();
    private final LongAdder refused = new LongAdder();

    CheckCounters() {}

    void countUnverified() {
        unverified.increment();
    }

    void countRedis() {
        redis.increment();
    }

    void countRefilled() {
        refilled.increment();
    }

    void countDegraded() {
        degraded.increment();
    }

    void countRefused() {
        refused.increment();
    }

    /** Returns the number of all checks. */
    public long all() {
        return unverified() + redis() + refilled() + degraded();
    }

    /**
     * Returns the number of checks that refused the token, with or without a store. A check that no store could decide is not counted.
     */
    public long refused() {
        return refused.sum();
    }

    /** Returns the number of tokens refused without a store: forged, malformed or expired. */
    public long unverified() {
        return unverified.sum();
    }

    /** Returns the number of checks that Redis decided. */
    public long redis() {
        return redis.sum();
    }

    /** Returns the number of checks for which Redis had no entry, so that MySQL was queried to fill it. */
    public long refilled() {
        return refilled.sum();
    }

    /** Returns the number of checks for which Redis failed or was not trusted, so that MySQL was queried instead. */
    public long degraded() {
        return degraded.sum();
    }
}
