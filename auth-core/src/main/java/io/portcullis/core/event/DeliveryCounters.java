package io.portcullis.core.event;

import java.util.concurrent.atomic.LongAdder;

/** Counts the deliveries of this node since its start. Thread-safe. */
public final class DeliveryCounters {
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dead = new LongAdder();

    /** Returns the number of events that the receiver has accepted. */
    public long delivered() {
        return delivered.sum();
    }

    /** Returns the number of attempts that failed. */
    public long failed() {
        return failed.sum();
    }

    /** Returns the number of events that were given up. */
    public long dead() {
        return dead.sum();
    }

    void addDelivered() {
        delivered.increment();
    }

    void addFailed() {
        failed.increment();
    }

    void addDead(long events) {
        dead.add(events);
    }
}
