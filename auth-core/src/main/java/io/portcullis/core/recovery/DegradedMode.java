package io.portcullis.core.recovery;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis may answer checks. A node begins degraded and is so again after anything that may have cost Redis a tombstone or
 * cut the node off from it; {@link Recovery} leads out of it.
 *
 * <p>Disruptions are counted elsewhere, at the moment they happen. Redis is trusted only while the count is what it was before the
 * last replay of the ledger began, so there is no time between a disruption and the end of trust.
 */
public final class DegradedMode {
    /** What {@link #trust} says in degraded mode. */
    static final long NONE = -1;

    private static final Logger log = LoggerFactory.getLogger(DegradedMode.class);

    private final LongSupplier disruptions;
    private final AtomicReference<State> state = new AtomicReference<>(new State(0, NONE, System.nanoTime()));
    private final AtomicLong entered = new AtomicLong();

    /** @param disruptions how many there were, never negative; asked for at each check, twice */
    public DegradedMode(LongSupplier disruptions) {
        this.disruptions = disruptions;
    }

    /** Whether checks must be answered by MySQL. */
    public boolean active() {
        return trust() == NONE;
    }

    /** The count of disruptions at which Redis is trusted, or {@link #NONE}. An answer holds if it is the same before and after. */
    long trust() {
        long trusted = current().trusted;
        return trusted == disruptions.getAsLong() ? trusted : NONE;
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
                now -> new State(now.entries + 1, NONE, now.trusted == NONE ? now.since : System.nanoTime()));
        if (before.trusted != NONE) {
            entered.incrementAndGet();
            log.warn("Degraded mode: {}. Access tokens are checked in MySQL until Redis can be trusted again", reason);
        }
    }

    /** The beginning of a recovery, which {@link #leave} must be given; empty when there is nothing to recover from. */
    Optional<Attempt> attempt() {
        long count = disruptions.getAsLong();
        if (current().trusted == count) {
            return Optional.empty();
        }
        if (current().trusted != NONE) {
            enter("Redis was disrupted");
        }
        return Optional.of(new Attempt(current(), count));
    }

    /** Whether {@link #leave} could still end it. */
    boolean promising(Attempt attempt) {
        return attempt.disruptions == disruptions.getAsLong() && attempt.seen.equals(state.get());
    }

    /** Ends it, unless something happened since the attempt began. */
    boolean leave(Attempt attempt, long tombstones) {
        State seen = attempt.seen;
        if (!promising(attempt)
                || !state.compareAndSet(seen, new State(seen.entries, attempt.disruptions, seen.since))) {
            return false;
        }
        long millis = (System.nanoTime() - seen.since) / 1_000_000;
        log.info("Redis is trusted after {} ms: {} tombstones were replayed from the ledger", millis, tombstones);
        return true;
    }

    private State current() {
        return Objects.requireNonNull(state.get());
    }

    /**
     * @param seen the mode before it began
     * @param disruptions how many there were before it began
     */
    record Attempt(State seen, long disruptions) {}

    /**
     * @param entries how often it was entered, also while active
     * @param trusted the count of disruptions at which Redis is trusted, or {@link #NONE}
     * @param since when it began to be active, in {@link System#nanoTime()}
     */
    record State(long entries, long trusted, long since) {}
}
