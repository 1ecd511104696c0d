package io.portcullis.gateway.logging;

import java.util.concurrent.atomic.LongAdder;

/** Counts the log lines that were not written. Thread-safe. */
final class LogCounters {
    private final LongAdder dropped = new LongAdder();
    private final LongAdder suppressed = new LongAdder();

    void countDropped() {
        dropped.increment();
    }

    void countSuppressed() {
        suppressed.increment();
    }

    /** Returns the number of lines that were dropped because a queue was full or the output failed. */
    long dropped() {
        return dropped.sum();
    }

    /** Returns the number of lines that were suppressed because the same failure had been logged less than a second before. */
    long suppressed() {
        return suppressed.sum();
    }
}
