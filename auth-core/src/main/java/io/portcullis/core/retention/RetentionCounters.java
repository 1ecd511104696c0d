package io.portcullis.core.retention;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** Counts the rows that this node's janitor has removed since the start. Thread-safe. */
public final class RetentionCounters {
    private final Map<RetentionKind, LongAdder> removed = Arrays.stream(RetentionKind.values())
            .collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new LongAdder()));
    private final LongAdder expiredSessions = new LongAdder();
    private final AtomicLong lastSuccess = new AtomicLong();

    /** Returns the number of removed rows of this kind. */
    public long removed(RetentionKind kind) {
        return adder(kind).sum();
    }

    /** Returns the number of sessions that the janitor ended as expired. */
    public long expiredSessions() {
        return expiredSessions.sum();
    }

    /** Returns the time of this node's last successful run, in epoch seconds; 0 if there was none. */
    public long lastSuccessSeconds() {
        return lastSuccess.get();
    }

    void add(RetentionKind kind, long rows) {
        adder(kind).add(rows);
    }

    void addExpiredSession() {
        expiredSessions.increment();
    }

    void succeeded(Instant at) {
        lastSuccess.set(at.getEpochSecond());
    }

    private LongAdder adder(RetentionKind kind) {
        return Objects.requireNonNull(removed.get(kind));
    }
}
