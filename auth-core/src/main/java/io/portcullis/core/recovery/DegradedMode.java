package io.portcullis.core.recovery;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis may answer checks. A node begins degraded and is so again after anything that may have cost Redis a tombstone or
 * cut the node off from it; {@link Recovery} leads out of it.
 */
public final class DegradedMode {
    private static final Logger log = LoggerFactory.getLogger(DegradedMode.class);

    private final AtomicReference<State> state = new AtomicReference<>(new State(0, true, System.nanoTime()));
    private final AtomicLong entered = new AtomicLong();

    /** Whether checks must be answered by MySQL. */
    public boolean active() {
        return current().active;
    }

    /** How often it began since the start. */
    public long entered() {
        return entered.get();
    }

    /**
     * Begins it, or keeps a recovery that is under way from ending it.
     *
     * @param reason for the log
     */
    public void enter(String reason) {
        State before = state.getAndUpdate(
                now -> new State(now.disruptions + 1, true, now.active ? now.since : System.nanoTime()));
        if (!before.active) {
            entered.incrementAndGet();
            log.warn("Degraded mode: {}. Access tokens are checked in MySQL until Redis can be trusted again", reason);
        }
    }

    /** What {@link #leave} must be given to end it. */
    State current() {
        return Objects.requireNonNull(state.get());
    }

    /** Ends it, unless something happened since {@code seen}. */
    boolean leave(State seen, long tombstones) {
        if (!state.compareAndSet(seen, new State(seen.disruptions, false, seen.since))) {
            return false;
        }
        long millis = (System.nanoTime() - seen.since) / 1_000_000;
        log.info("Redis is trusted after {} ms: {} tombstones were replayed from the ledger", millis, tombstones);
        return true;
    }

    /**
     * @param disruptions how many there were
     * @param since when it began to be active, in {@link System#nanoTime()}
     */
    record State(long disruptions, boolean active, long since) {}
}
