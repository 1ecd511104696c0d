package io.portcullis.core.degraded;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.token.store.WriteRefusedException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    /** What {@link #trustedEpoch} says in degraded mode. */
    static final long UNTRUSTED = -1;

    private static final Logger log = LoggerFactory.getLogger(DegradedMode.class);

    private static final long RELAPSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long MIN_HOLD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_HOLD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LongSupplier disruptions;
    private final LongSupplier nanoTime;
    private final AtomicReference<State> state;
    private final AtomicReference<Hold> hold;
    private final AtomicLong entered = new AtomicLong();
    private volatile String reason = "the node has just started";
    private volatile String logged = "";

    /** @param disruptions how many there were, never negative; asked for at each check, twice */
    public DegradedMode(LongSupplier disruptions) {
        this(disruptions, System::nanoTime);
    }

    DegradedMode(LongSupplier disruptions, LongSupplier nanoTime) {
        this.disruptions = disruptions;
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.state = new AtomicReference<>(new State(0, UNTRUSTED, now));
        this.hold = new AtomicReference<>(new Hold("", now, now, 0));
    }

    /** Whether checks must be answered by MySQL. */
    public boolean active() {
        return trustedEpoch() == UNTRUSTED;
    }

    /** The count of disruptions at which Redis is trusted, or {@link #UNTRUSTED}. An answer holds if it is the same before and after. */
    long trustedEpoch() {
        long trusted = current().trusted;
        return trusted == disruptions.getAsLong() ? trusted : UNTRUSTED;
    }

    /** How often it began since the start. */
    public long entered() {
        return entered.get();
    }

    /** Why Redis is not trusted, without addresses and messages of Redis, so that anybody may read it; empty while Redis is trusted. */
    public Optional<String> reason() {
        return active() ? Optional.of(reason) : Optional.empty();
    }

    /**
     * Begins degraded mode, or keeps a recovery that is under way from ending it.
     *
     * @param why for health and the log
     */
    public void enter(String why) {
        begin(why, why);
    }

    /**
     * Begins degraded mode, or keeps a recovery that is under way from ending it.
     *
     * @param why for health, without addresses
     * @param detail for the log
     */
    void enter(String why, String detail) {
        begin(why, detail);
    }

    /**
     * Begins degraded mode because Redis has answered a write and refused it. Near a limit, such as that of its memory, Redis takes one
     * write and refuses the next. So after the same refusal soon after a recovery, the next recovery waits, each time twice as long.
     */
    void enter(WriteRefusedException refused) {
        String why = "Redis refuses writes: " + refused.code();
        if (begin(why, "Redis refuses writes: " + RootCause.describe(refused))) {
            long now = nanoTime.getAsLong();
            hold.updateAndGet(last -> last.after(refused.code(), now));
        } else {
            reason = why;
        }
    }

    @CanIgnoreReturnValue
    private boolean begin(String why, String detail) {
        State before = Objects.requireNonNull(state.getAndUpdate(now ->
                new State(now.entries + 1, UNTRUSTED, now.trusted == UNTRUSTED ? now.since : nanoTime.getAsLong())));
        boolean begins = before.trusted != UNTRUSTED;
        if (begins) {
            reason = why;
            logged = detail;
            entered.incrementAndGet();
            log.warn("Degraded mode: {}. Access tokens are checked in MySQL until Redis can be trusted again", detail);
        }
        return begins;
    }

    /** Whether the log line that told the beginning has this cause. */
    boolean beganBy(String cause) {
        return logged.endsWith(cause);
    }

    /** Replaces the reason by what keeps Redis from being trusted now. */
    void obstructed(String why) {
        reason = why;
    }

    /** The beginning of a recovery, which {@link #leave} must be given; empty when there is nothing to recover from, or not yet. */
    Optional<Attempt> attempt() {
        long count = disruptions.getAsLong();
        if (current().trusted == count) {
            return Optional.empty();
        }
        if (current().trusted != UNTRUSTED) {
            enter("Redis was disrupted");
        }
        boolean held = nanoTime.getAsLong() - holding().until < 0;
        return held ? Optional.empty() : Optional.of(new Attempt(current(), count));
    }

    private Hold holding() {
        return Objects.requireNonNull(hold.get());
    }

    /** Whether {@link #leave} could still end it. */
    boolean isCurrent(Attempt attempt) {
        return attempt.disruptions == disruptions.getAsLong() && attempt.seen.equals(state.get());
    }

    /** Ends it, unless something happened since the attempt began. */
    boolean leave(Attempt attempt, long tombstones) {
        State seen = attempt.seen;
        if (!isCurrent(attempt)
                || !state.compareAndSet(seen, new State(seen.entries, attempt.disruptions, seen.since))) {
            return false;
        }
        long now = nanoTime.getAsLong();
        hold.updateAndGet(last -> new Hold(last.code, now, last.until, last.nanos));
        long millis = (now - seen.since) / 1_000_000;
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
     * @param trusted the count of disruptions at which Redis is trusted, or {@link #UNTRUSTED}
     * @param since when it began to be active, in {@link System#nanoTime()}
     */
    record State(long entries, long trusted, long since) {}

    /**
     * How long degraded mode lasts at least after a refused write.
     *
     * @param code of the refusal
     * @param leftAt when Redis was last trusted again
     * @param until before that time no recovery begins
     * @param nanos the latest such time span
     */
    private record Hold(String code, long leftAt, long until, long nanos) {
        Hold after(String refusal, long now) {
            boolean relapse = refusal.equals(code) && now - leftAt < RELAPSE_NANOS;
            long next = relapse ? Math.min(Math.max(nanos * 2, MIN_HOLD_NANOS), MAX_HOLD_NANOS) : 0;
            return new Hold(refusal, leftAt, now + next, next);
        }
    }
}
