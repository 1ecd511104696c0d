package io.portcullis.core.termination;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Retries, in the background, ends of sessions that may have written a tombstone and whose transaction MySQL did not confirm. Without the
 * retry MySQL could keep a session alive although Redis refuses its tokens, and a node in degraded mode would accept them.
 *
 * <p>An end is retried until a transaction confirms it, after pauses that grow from 100 ms to 30 s. One end is retried at a time, so that a
 * MySQL that recovers has the load of one connection. At most {@link #MAX_SESSIONS} sessions are kept; the oldest is dropped for a further
 * one. Thread-safe.
 */
final class UnconfirmedEnds {
    private static final Logger log = LoggerFactory.getLogger(UnconfirmedEnds.class);

    /** The number of sessions that are kept, at about 1 KB each. */
    static final int MAX_SESSIONS = 10_000;

    private static final long MIN_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();
    /** The interval at which the worker looks for an end that is due. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final BiFunction<String, SessionEnd, Mono<EndResult>> end;
    private final int maxSessions;
    private final LongSupplier nanoTime;
    /** The ends by the id of their session, in the order of their first failure. */
    private final Map<String, Pending> pending = new LinkedHashMap<>();

    private boolean working;
    private boolean closed;
    private long dropped;

    /** @param end ends the session of the id in a transaction of its own */
    UnconfirmedEnds(BiFunction<String, SessionEnd, Mono<EndResult>> end) {
        this(end, MAX_SESSIONS, System::nanoTime);
    }

    UnconfirmedEnds(BiFunction<String, SessionEnd, Mono<EndResult>> end, int maxSessions, LongSupplier nanoTime) {
        this.end = end;
        this.maxSessions = maxSessions;
        this.nanoTime = nanoTime;
    }

    /** Starts the retry of the end, unless an end of the session is being retried already. */
    void retry(String sessionId, SessionEnd sessionEnd) {
        if (add(sessionId, sessionEnd)) {
            var unused = BackgroundWork.start(
                    "Retry of session ends that MySQL did not confirm",
                    Mono.defer(this::attemptOne).repeat(this::continues).then());
        }
    }

    /** Returns whether a worker must be started. */
    private synchronized boolean add(String sessionId, SessionEnd sessionEnd) {
        if (pending.putIfAbsent(sessionId, new Pending(sessionId, sessionEnd, nanoTime.getAsLong())) == null
                && pending.size() > maxSessions) {
            dropOldest();
        }
        boolean start = !working && !closed;
        working |= start;
        return start;
    }

    private void dropOldest() {
        Iterator<Pending> oldest = pending.values().iterator();
        oldest.next();
        oldest.remove();
        if (dropped++ == 0) {
            log.warn(
                    "More than {} ends of sessions wait for MySQL; the oldest are not retried any more. Their access tokens may be"
                            + " refused while their refresh tokens are still valid, until the next logout",
                    maxSessions);
        }
    }

    /** Ends one session whose pause is over, or waits a moment if there is none. Never fails. */
    private Mono<Void> attemptOne() {
        Pending due = due();
        return due == null
                ? Mono.delay(POLL_INTERVAL).then()
                : Mono.defer(() -> end.apply(due.sessionId, due.sessionEnd))
                        .doOnSuccess(confirmed -> remove(due))
                        .then()
                        .onErrorResume(failure -> Mono.fromRunnable(() -> postpone(due, failure)));
    }

    /** Returns the end that has been due for the longest time, so that ends that hang do not keep others waiting; null for none. */
    private synchronized @Nullable Pending due() {
        long now = nanoTime.getAsLong();
        Pending due = null;
        for (Pending each : pending.values()) {
            if (each.dueAt - now <= 0 && (due == null || each.dueAt - due.dueAt < 0)) {
                due = each;
            }
        }
        return due;
    }

    private synchronized void remove(Pending confirmed) {
        pending.remove(confirmed.sessionId, confirmed);
    }

    private synchronized void postpone(Pending failed, Throwable failure) {
        if (failed.pauseNanos == MIN_PAUSE_NANOS) {
            log.warn("Cannot finish the end of a session yet; retrying: {}", RootCause.describeWithStore(failure));
        }
        failed.dueAt = nanoTime.getAsLong() + failed.pauseNanos;
        failed.pauseNanos = Math.min(2 * failed.pauseNanos, MAX_PAUSE_NANOS);
    }

    private synchronized boolean continues() {
        working = !pending.isEmpty() && !closed;
        return working;
    }

    /** Makes every end due at once, and its next pauses short again. */
    synchronized void retryNow() {
        long now = nanoTime.getAsLong();
        pending.values().forEach(each -> {
            each.dueAt = now;
            each.pauseNanos = MIN_PAUSE_NANOS;
        });
    }

    /** Returns the number of sessions whose end MySQL has not confirmed. */
    synchronized int count() {
        return pending.size();
    }

    /** Returns the number of ends that were dropped since the start. */
    synchronized long dropped() {
        return dropped;
    }

    /** Stops all retries for good. An attempt in progress continues. */
    synchronized void close() {
        closed = true;
    }

    /** Represents an end that is being retried. The lock of {@link UnconfirmedEnds} guards its variables. */
    private static final class Pending {
        final String sessionId;
        final SessionEnd sessionEnd;
        long dueAt;
        long pauseNanos = MIN_PAUSE_NANOS;

        Pending(String sessionId, SessionEnd sessionEnd, long dueAt) {
            this.sessionId = sessionId;
            this.sessionEnd = sessionEnd;
            this.dueAt = dueAt;
        }
    }
}
