package io.portcullis.core.degraded;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.token.store.UnacknowledgedWriteException;
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
 * Represents the node's trust in Redis (docs/design.md section 9). A node starts in degraded mode. It re-enters degraded mode
 * after each event that may have cost Redis a tombstone or separated the node from Redis. {@link Recovery} ends degraded mode.
 *
 * <p>The Redis adapter counts disruptions at the moment they happen. Redis is trusted only while this count equals the count
 * before the last replay of the ledger began. Trust therefore ends at the same instant as the disruption happens. Thread-safe.
 */
public final class DegradedMode {
    /** The value of {@link #trustedEpoch} in degraded mode. */
    static final long UNTRUSTED = -1;

    private static final Logger log = LoggerFactory.getLogger(DegradedMode.class);

    private static final long RELAPSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long MIN_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The delay of a recovery after a tombstone was not confirmed, in which the transaction that goes on commits. */
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier disruptions;
    private final LongSupplier nanoTime;
    private final AtomicReference<State> state;
    private final AtomicReference<BackOff> backOff;
    private final AtomicLong entryCount = new AtomicLong();
    private volatile String reason = "the node has just started";
    private volatile String loggedReason = "";

    /**
     * @param disruptions supplies the number of disruptions so far, never negative. Called twice per check, so it must be cheap
     */
    public DegradedMode(LongSupplier disruptions) {
        this(disruptions, System::nanoTime);
    }

    DegradedMode(LongSupplier disruptions, LongSupplier nanoTime) {
        this.disruptions = disruptions;
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.state = new AtomicReference<>(new State(0, UNTRUSTED, now, 0));
        this.backOff = new AtomicReference<>(new BackOff("", now, now, 0));
    }

    /** Returns whether degraded mode is active, that is, whether MySQL must answer the checks. */
    public boolean active() {
        return trustedEpoch() == UNTRUSTED;
    }

    /**
     * Returns the number of disruptions at which Redis is trusted, or {@link #UNTRUSTED}. A reply of Redis is valid if this value
     * is the same before the command was sent and after the reply arrived.
     */
    long trustedEpoch() {
        long trusted = current().trusted;
        return trusted == disruptions.getAsLong() ? trusted : UNTRUSTED;
    }

    /** Returns how often degraded mode was entered from a trusted state since the start. */
    public long entryCount() {
        return entryCount.get();
    }

    /** Returns the time that the node has spent in degraded mode since its start, in nanoseconds, the current degraded mode included. */
    public long degradedNanos() {
        return current().degradedNanos(nanoTime.getAsLong());
    }

    /**
     * Returns the reason why Redis is not trusted; empty while Redis is trusted. The text has no addresses and no messages of
     * Redis, so a public health endpoint may show it.
     */
    public Optional<String> reason() {
        return active() ? Optional.of(reason) : Optional.empty();
    }

    /**
     * Enters degraded mode. If degraded mode is active, invalidates the current attempt to leave it.
     *
     * @param why the reason for health and the log
     */
    public void enter(String why) {
        begin(why, why);
    }

    /**
     * Enters degraded mode because a write to Redis failed; by {@link #enter(WriteRefusedException)} if Redis refused it. Otherwise the
     * outcome is unknown, and the delay of the recovery does not grow: the recovery itself waits until Redis confirms its probes in time.
     *
     * @param description what is missing in Redis, for the log
     */
    void enterAfter(String description, Throwable failure) {
        RootCause.find(failure, WriteRefusedException.class)
                .ifPresentOrElse(
                        this::enter,
                        () -> enter(
                                "Redis fails or is slow", description + " in Redis: " + RootCause.describe(failure)));
    }

    /**
     * Enters degraded mode because an operation goes on although the write of its tombstone failed. The ledger must have the tombstone: a
     * caller whose transaction has not committed calls this again after the commit, because a replay before the commit does not see the row
     * of the ledger. The recovery starts a second later at the earliest, so that nearly every such transaction commits before.
     *
     * <p>Without effect if the master has the tombstone and only replicas have not acknowledged it: the node reads from the master, and
     * a failover is a disruption.
     */
    public void enterWithoutTombstone(Throwable failure) {
        if (RootCause.find(failure, UnacknowledgedWriteException.class).isEmpty()) {
            long earliest = nanoTime.getAsLong() + COMMIT_NANOS;
            backOff.updateAndGet(last -> last.notBefore(earliest));
            enterAfter("a tombstone is not confirmed", failure);
        }
    }

    /**
     * Enters degraded mode. If degraded mode is active, invalidates the current attempt to leave it.
     *
     * @param why the reason for health, without addresses
     * @param detail the reason for the log
     */
    void enter(String why, String detail) {
        begin(why, detail);
    }

    /**
     * Enters degraded mode because Redis refused a write. Near a limit, for example of its memory, Redis may accept one write and
     * refuse the next. Therefore, if the same refusal recurs soon after a recovery, the next recovery is delayed, with
     * exponential back-off from 1 s to 30 s.
     */
    void enter(WriteRefusedException refused) {
        String why = "Redis refuses writes: " + refused.code();
        if (begin(why, "Redis refuses writes: " + RootCause.describe(refused))) {
            long now = nanoTime.getAsLong();
            backOff.updateAndGet(last -> last.after(refused.code(), now));
        } else {
            reason = why;
        }
    }

    @CanIgnoreReturnValue
    private boolean begin(String why, String detail) {
        State before = Objects.requireNonNull(state.getAndUpdate(now -> new State(
                now.entries + 1,
                UNTRUSTED,
                now.trusted == UNTRUSTED ? now.since : nanoTime.getAsLong(),
                now.formerNanos)));
        boolean begins = before.trusted != UNTRUSTED;
        if (begins) {
            reason = why;
            loggedReason = detail;
            entryCount.incrementAndGet();
            log.warn("Degraded mode: {}. Access tokens are checked in MySQL until Redis is trusted again", detail);
        }
        return begins;
    }

    /** Returns whether the log line about the start of degraded mode already contains this cause. */
    boolean isLoggedReason(String cause) {
        return loggedReason.endsWith(cause);
    }

    /** Replaces the {@link #reason} with the current obstacle to trusting Redis. */
    void updateReason(String why) {
        reason = why;
    }

    /**
     * Starts an attempt to leave degraded mode, for {@link #leave}. Empty if Redis is trusted, or while recovery is delayed after
     * a refused write or an unconfirmed tombstone. Enters degraded mode first if a disruption has ended the trust.
     */
    Optional<Attempt> attempt() {
        long count = disruptions.getAsLong();
        if (current().trusted == count) {
            return Optional.empty();
        }
        if (current().trusted != UNTRUSTED) {
            enter("Redis was disrupted");
        }
        boolean delayed = nanoTime.getAsLong() - currentBackOff().earliestAttempt < 0;
        return delayed ? Optional.empty() : Optional.of(new Attempt(current(), count));
    }

    private BackOff currentBackOff() {
        return Objects.requireNonNull(backOff.get());
    }

    /** Returns whether the attempt is still valid: no disruption and no further entry has happened since it began. */
    boolean isCurrent(Attempt attempt) {
        return attempt.disruptions == disruptions.getAsLong() && attempt.initialState.equals(state.get());
    }

    /** Leaves degraded mode if the attempt is still valid; returns whether it did. Atomic with respect to concurrent entries. */
    boolean leave(Attempt attempt, long tombstones) {
        State initialState = attempt.initialState;
        long now = nanoTime.getAsLong();
        if (!isCurrent(attempt)
                || !state.compareAndSet(initialState, initialState.trusting(attempt.disruptions, now))) {
            return false;
        }
        backOff.updateAndGet(last -> new BackOff(last.code, now, last.earliestAttempt, last.delayNanos));
        long millis = (now - initialState.since) / 1_000_000;
        log.info("Redis is trusted again after {} ms: {} tombstones replayed from the ledger", millis, tombstones);
        return true;
    }

    private State current() {
        return Objects.requireNonNull(state.get());
    }

    /**
     * Represents one attempt to leave degraded mode.
     *
     * @param initialState the state when the attempt began
     * @param disruptions the number of disruptions when the attempt began
     */
    record Attempt(State initialState, long disruptions) {}

    /**
     * Represents the mode at one point in time.
     *
     * @param entries the number of calls of {@code enter}, including those while degraded mode was active
     * @param trusted the number of disruptions at which Redis is trusted, or {@link #UNTRUSTED}
     * @param since the start of the current or last degraded mode, in {@link System#nanoTime()}
     * @param formerNanos the length of all degraded modes that have ended
     */
    record State(long entries, long trusted, long since, long formerNanos) {
        State trusting(long disruptions, long now) {
            return new State(entries, disruptions, since, formerNanos + now - since);
        }

        long degradedNanos(long now) {
            return trusted == UNTRUSTED ? formerNanos + now - since : formerNanos;
        }
    }

    /**
     * Represents the back-off of recoveries after failed writes. All times are in {@link System#nanoTime()}.
     *
     * @param code the error code of the last refusal
     * @param leftAt the time at which Redis was last trusted again
     * @param earliestAttempt the time before which no recovery starts
     * @param delayNanos the length of the current back-off
     */
    private record BackOff(String code, long leftAt, long earliestAttempt, long delayNanos) {
        BackOff after(String refusal, long now) {
            boolean relapse = refusal.equals(code) && now - leftAt < RELAPSE_NANOS;
            long next = relapse ? Math.min(Math.max(delayNanos * 2, MIN_BACKOFF_NANOS), MAX_BACKOFF_NANOS) : 0;
            return new BackOff(refusal, leftAt, later(earliestAttempt, now + next), next);
        }

        BackOff notBefore(long earliest) {
            return new BackOff(code, leftAt, later(earliestAttempt, earliest), delayNanos);
        }

        private static long later(long one, long other) {
            return one - other > 0 ? one : other;
        }
    }
}
