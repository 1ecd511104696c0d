package io.portcullis.core.token.use;

import java.util.concurrent.atomic.LongAdder;

/** Counts the token uses of this node. Thread-safe. */
public final class TokenUseCounters {
    private final LongAdder written = new LongAdder();
    private final LongAdder droppedForMemory = new LongAdder();
    private final LongAdder droppedForSession = new LongAdder();

    /** Returns the number of rows that were inserted or extended. */
    public long written() {
        return written.sum();
    }

    /** Returns the number of uses that were dropped because too many waited for MySQL. */
    public long droppedForMemory() {
        return droppedForMemory.sum();
    }

    /** Returns the number of uses that were dropped because their session had too many rows. */
    public long droppedForSession() {
        return droppedForSession.sum();
    }

    void countWritten(long rows) {
        written.add(rows);
    }

    void countDroppedForMemory(long uses) {
        droppedForMemory.add(uses);
    }

    void countDroppedForSession(long uses) {
        droppedForSession.add(uses);
    }
}
