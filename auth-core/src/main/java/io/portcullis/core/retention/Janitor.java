package io.portcullis.core.retention;

import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.transaction.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The janitor: a periodic job that ends expired sessions and removes expired rows in small transactions, on one node
 * at a time (docs/adr/0008).
 *
 * <p>Each transaction begins by renewing the lease, which locks the lease's row. A node that has lost the lease
 * therefore removes nothing, and no other node can take the lease while a batch runs. After a crash of the node only
 * whole batches are committed, and the lease expires.
 *
 * <p>All times are the database's. A node whose clock differs from it by more than {@link RevokedToken#CLOCK_SKEW}
 * does not run the job. Tokens and sessions are kept for that skew beyond their expiry, because they may still be
 * valid by the clock of a node that is behind.
 */
public final class Janitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Janitor.class);
    private static final String LEASE = "janitor";
    /** The time for which the row of a user's lock is kept, so that a user costs one insertion a day at most. */
    private static final Duration USER_LOCKS = Duration.ofDays(1);

    /** The time for which the samples of nodes and sessions are kept: long enough to compare a day with the same day a week before. */
    private static final Duration SAMPLES = Duration.ofDays(8);

    private final LeaseRepository leases;
    private final ExpiredRowRepository rows;
    private final SessionTerminator terminator;
    private final Transactions transactions;
    private final RetentionSettings settings;
    private final Supplier<String> ids;
    private final ClockMonitor clocks;
    private final RetentionCounters counters = new RetentionCounters();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Disposable.Swap running = Disposables.swap();

    /** Creates a janitor that does not run yet. */
    public Janitor(
            LeaseRepository leases,
            ExpiredRowRepository rows,
            SessionTerminator terminator,
            Transactions transactions,
            RetentionSettings settings,
            Supplier<String> ids,
            ClockMonitor clocks) {
        this.leases = leases;
        this.rows = rows;
        this.terminator = terminator;
        this.transactions = transactions;
        this.settings = settings;
        this.ids = ids;
        this.clocks = clocks;
    }

    /**
     * Starts the job. The first run begins at a random moment within one interval, so that nodes that start together
     * do not run together. May be called once.
     */
    public void start() {
        long first = ThreadLocalRandom.current().nextLong(settings.interval().toMillis() + 1);
        Mono<Void> runs = Mono.defer(this::runAndReport)
                .then(Mono.defer(() -> Mono.delay(settings.interval())))
                .repeat()
                .then();
        boolean started = running.update(BackgroundWork.start(
                "Janitor", Mono.delay(Duration.ofMillis(first)).then(runs)));
        if (!started) {
            log.debug("Janitor was closed before its first run");
        }
    }

    /** Returns the counters of the rows that this node has removed. */
    public RetentionCounters counters() {
        return counters;
    }

    /**
     * Makes one run. Completes when no expired row is left. Completes at once when another node holds the lease,
     * which it keeps for most of the interval after its run, or when this node's clock differs too much from the
     * database's.
     *
     * <p>A failure does not keep the other rows from being removed; it is emitted at the end: {@code UNAVAILABLE},
     * {@link LeaseLostException}, or a composite of several.
     */
    public Mono<Void> run() {
        return clocks.agreedTime()
                .flatMap(now -> leases.take(new Lease(LEASE, ids.get(), settings.leaseTime()))
                        .flatMap(lease -> cleanUp(lease, now)));
    }

    private Mono<Void> cleanUp(Lease lease, Instant now) {
        return Flux.concatDelayError(Flux.concat(
                        Mono.just(endExpiredSessions(lease, now.minus(RevokedToken.CLOCK_SKEW))),
                        Flux.fromArray(RetentionKind.values()).map(kind -> removeAll(kind, lease, now))))
                .then(Mono.defer(() -> finish(lease, now)));
    }

    /** Keeps the lease for three quarters of the interval, so that all nodes together make one run per interval. */
    private Mono<Void> finish(Lease lease, Instant now) {
        counters.succeeded(now);
        return leases.setRemainingTime(
                lease, settings.interval().multipliedBy(3).dividedBy(4));
    }

    private Mono<Long> removeAll(RetentionKind kind, Lease lease, Instant now) {
        Mono<Long> batch = transactions
                .execute(leases.renew(lease).then(rows.remove(kind, cutoff(kind, now), settings.batchSize())))
                .doOnNext(removed -> counters.add(kind, removed));
        return repeatWhileFull(batch);
    }

    /**
     * Skips a session that cannot be ended and emits its failure at the end, so that it does not block the sessions
     * behind it.
     */
    private Mono<Long> endExpiredSessions(Lease lease, Instant before) {
        Map<String, Throwable> failed = new ConcurrentHashMap<>();
        Mono<Long> batch = Flux.defer(() -> rows.findExpiredSessions(before, settings.batchSize() + failed.size()))
                .filter(id -> !failed.containsKey(id))
                .collectList()
                .flatMap(sessionIds -> endAll(sessionIds, lease, before, failed));
        return repeatWhileFull(batch)
                .flatMap(ended ->
                        failed.isEmpty() ? Mono.just(ended) : Mono.error(Exceptions.multiple(failed.values())));
    }

    /**
     * Ends each session in a transaction of its own, because a batch would block the refreshes of all its sessions.
     * Emits the number of sessions that need no further attempt in this run.
     */
    private Mono<Long> endAll(List<String> sessionIds, Lease lease, Instant before, Map<String, Throwable> failed) {
        return Flux.fromIterable(sessionIds)
                .takeWhile(id -> failed.size() < settings.batchSize())
                .concatMap(id -> endExpired(id, lease, before).onErrorResume(PortcullisException.class, failure -> {
                    failed.put(id, failure);
                    return Mono.just(EndResult.ENDED);
                }))
                .filter(result -> result == EndResult.ENDED)
                .count();
    }

    private Mono<EndResult> endExpired(String id, Lease lease, Instant before) {
        return transactions
                .execute(
                        leases.renew(lease).then(terminator.endExpired(id, session -> rows.ifExpired(session, before))))
                .doOnNext(result -> {
                    if (result == EndResult.ENDED) {
                        counters.addExpiredSession();
                    }
                });
    }

    private Mono<Long> repeatWhileFull(Mono<Long> batch) {
        return batch.expand(removed -> removed < settings.batchSize() ? Mono.empty() : batch)
                .reduce(0L, Long::sum);
    }

    private Instant cutoff(RetentionKind kind, Instant now) {
        Duration skew = RevokedToken.CLOCK_SKEW;
        return switch (kind) {
            case ACCESS_TOKEN, REFRESH_TOKEN, IMPORTED_TOKEN ->
                now.minus(settings.tokens()).minus(skew);
            case SEALED_SUCCESSOR -> now.minus(settings.grace()).minus(skew);
            // The tombstone outlives its token by the skew already, hence twice the skew.
            case REVOKED_TOKEN -> now.minus(skew.multipliedBy(2));
            case TICKET -> now.minus(skew);
            case USER_LOCK -> now.minus(USER_LOCKS);
            case ENDED_SESSION -> now.minus(settings.endedSessions());
            case LOGIN_LOG -> now.minus(settings.loginLog());
            case TOKEN_USE -> now.minus(settings.tokenUses());
            case DEAD_EVENT -> now.minus(settings.deadEvents());
            case NODE_SAMPLE, SESSION_SAMPLE -> now.minus(SAMPLES);
        };
    }

    private Mono<Void> runAndReport() {
        return run().doOnSuccess(nothing -> failing.set(false)).onErrorResume(this::reportOnce);
    }

    private Mono<Void> reportOnce(Throwable failure) {
        List<Throwable> failures = Exceptions.unwrapMultiple(failure);
        if (failures.stream().anyMatch(LeaseLostException.class::isInstance)) {
            log.debug("Janitor run ended: the lease was lost and another node may continue");
        } else if (failing.compareAndSet(false, true)) {
            boolean storesOnly = failures.stream().allMatch(PortcullisException.class::isInstance);
            // Only a failure that no store caused is a defect and is logged with its stack trace.
            log.warn(
                    "Janitor run failed, will be retried: {}",
                    RootCause.describeWithStore(failures.get(0)),
                    storesOnly ? null : failure);
        }
        return Mono.empty();
    }

    /** Stops the periodic runs. A transaction that is in progress ends by itself. */
    @Override
    public void close() {
        running.dispose();
    }
}
