package io.portcullis.core.token.check;

import java.util.concurrent.atomic.LongAdder;

/** How many checks each way of answering has taken since the start. Counting allocates nothing. */
public final class CheckCounters {
    private final LongAdder unverified = new LongAdder();
    private final LongAdder redis = new LongAdder();
    private final LongAdder refilled = new LongAdder();
    private final LongAdder degraded = new LongAdder();

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

    /** Refused without asking a store: forged, mangled or expired. */
    public long unverified() {
        return unverified.sum();
    }

    /** Answered by Redis. */
    public long redis() {
        return redis.sum();
    }

    /** Redis had nothing, MySQL was asked to fill it. */
    public long refilled() {
        return refilled.sum();
    }

    /** Redis was out, MySQL was asked in its place. */
    public long degraded() {
        return degraded.sum();
    }
}
