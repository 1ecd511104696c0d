package io.portcullis.gateway.logging;

import java.util.concurrent.atomic.LongAdder;

/** Counts the lines that were not written. */
final class LogCounters {
    private final LongAdder dropped = new LongAdder();
    private final LongAdder suppressed = new LongAdder();

    void countDropped() {
        dropped.increment();
    }

    void countSuppressed() {
        suppressed.increment();
    }

    /** Lines that found no place in the queue of an output. */
    long dropped() {
        return dropped.sum();
    }

    /** Lines of a failure that had been told less than a second before. */
    long suppressed() {
        return suppressed.sum();
    }
}
