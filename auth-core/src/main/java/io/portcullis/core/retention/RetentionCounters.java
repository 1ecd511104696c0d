package io.portcullis.core.retention;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What this node has removed since its start. */
public final class RetentionCounters {
    private final Map<RetentionKind, LongAdder> removed = Arrays.stream(RetentionKind.values())
            .collect(Collectors.toUnmodifiableMap(row -> row, row -> new LongAdder()));
    private final LongAdder expiredSessions = new LongAdder();
    private final AtomicLong lastSuccess = new AtomicLong();

    /** How many rows of that sort were removed. */
    public long removed(RetentionKind row) {
        return adder(row).sum();
    }

    /** How many sessions were ended because they had expired. */
    public long expiredSessions() {
        return expiredSessions.sum();
    }

    /** When the last run of this node ended well, in epoch seconds; 0 for never. */
    public long lastSuccessSeconds() {
        return lastSuccess.get();
    }

    void add(RetentionKind row, long rows) {
        adder(row).add(rows);
    }

    void addExpiredSession() {
        expiredSessions.increment();
    }

    void succeeded(Instant at) {
        lastSuccess.set(at.getEpochSecond());
    }

    private LongAdder adder(RetentionKind row) {
        return Objects.requireNonNull(removed.get(row));
    }
}
