package io.portcullis.core.retention;

import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.Uncancellable;
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
 * Removes what has served its time, now and then, in small transactions, by one node at a time.
 *
 * <p>Each transaction begins by renewing the lease, whose row it thereby locks: a node that lost the lease removes nothing any
 * more, and nobody can take it while a batch is under way. A node that dies leaves whole batches and a lease that runs out.
 *
 * <p>Every time that counts here is the database's. A node whose own clock is further from it than {@link RevokedToken#CLOCK_SKEW} takes
 * no part, and what another node, behind by as much, may still hold for unexpired is left for the next run.
 */
public final class Janitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Janitor.class);
    private static final String LEASE = "janitor";

    private final LeaseRepository leases;
    private final ExpiredRowRepository rows;
    private final SessionTerminator terminator;
    private final Transactions transactions;
    private final RetentionSettings settings;
    private final Supplier<String> ids;
    private final ClockMonitor clocks;
    private final RetentionCounters counters = new RetentionCounters();
    private final AtomicBoolean fails = new AtomicBoolean();
    private final Disposable.Swap running = Disposables.swap();

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

    /** Begins, somewhere within the first interval, so that nodes that start together drift apart. May be called once. */
    public void start() {
        long first = ThreadLocalRandom.current().nextLong(settings.interval().toMillis() + 1);
        Mono<Void> runs = Mono.defer(this::runAndReport)
                .then(Mono.defer(() -> Mono.delay(settings.interval())))
                .repeat()
                .then();
        boolean started = running.update(Uncancellable.startInBackground(
                "The janitor", Mono.delay(Duration.ofMillis(first)).then(runs)));
        if (!started) {
            log.debug("The janitor was closed before it began");
        }
    }

    /** What this node has removed. */
    public RetentionCounters counters() {
        return counters;
    }

    /**
     * One run. Completes when nothing is left to remove, or at once when another node is at it or has just been, or when this
     * node's clock is wrong. What fails does
     * not keep the rest from being removed; the error comes in the end: {@code UNAVAILABLE}, {@link LeaseLostException}, or
     * several of them in one.
     */
    public Mono<Void> run() {
        return clocks.agreedTime()
                .flatMap(now -> leases.take(new Lease(LEASE, ids.get(), settings.leaseTime()))
                        .flatMap(lease -> cleanUp(lease, now)));
    }

    private Mono<Void> cleanUp(Lease lease, Instant now) {
        return Flux.concatDelayError(Flux.concat(
                        Mono.just(endExpiredSessions(lease, now.minus(RevokedToken.CLOCK_SKEW))),
                        Flux.fromArray(RetentionKind.values()).map(row -> removeAll(row, lease, now))))
                .then(Mono.defer(() -> done(lease, now)));
    }

    /** Held for most of the interval, so that the nodes together run once in it and not once each. */
    private Mono<Void> done(Lease lease, Instant now) {
        counters.succeeded(now);
        return leases.endIn(lease, settings.interval().multipliedBy(3).dividedBy(4));
    }

    private Mono<Long> removeAll(RetentionKind row, Lease lease, Instant now) {
        Mono<Long> batch = transactions
                .execute(leases.renew(lease).then(rows.remove(row, before(row, now), settings.batchSize())))
                .doOnNext(removed -> counters.add(row, removed));
        return whileFull(batch);
    }

    /** What cannot be ended is passed over and told in the end, so that it does not keep the sessions behind it from their end. */
    private Mono<Long> endExpiredSessions(Lease lease, Instant before) {
        Map<String, Throwable> failed = new ConcurrentHashMap<>();
        Mono<Long> batch = Flux.defer(() -> rows.findExpiredSessions(before, settings.batchSize() + failed.size()))
                .filter(id -> !failed.containsKey(id))
                .collectList()
                .flatMap(sessionIds -> endAll(sessionIds, lease, before, failed));
        return whileFull(batch)
                .flatMap(ended ->
                        failed.isEmpty() ? Mono.just(ended) : Mono.error(Exceptions.multiple(failed.values())));
    }

    /** Each in its own transaction: a batch of them would hold up the refreshes of all. Emits how many there is no more to do for. */
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

    private Mono<Long> whileFull(Mono<Long> batch) {
        return batch.expand(removed -> removed < settings.batchSize() ? Mono.empty() : batch)
                .reduce(0L, Long::sum);
    }

    private Instant before(RetentionKind row, Instant now) {
        Duration skew = RevokedToken.CLOCK_SKEW;
        return switch (row) {
            case ACCESS_TOKEN, REFRESH_TOKEN -> now.minus(settings.tokens()).minus(skew);
            case SEALED_SUCCESSOR -> now.minus(settings.grace()).minus(skew);
            // Its tombstone outlives the token by that skew already.
            case REVOKED_TOKEN -> now.minus(skew.multipliedBy(2));
            case ENDED_SESSION -> now.minus(settings.endedSessions());
            case LOGIN_LOG -> now.minus(settings.loginLog());
        };
    }

    private Mono<Void> runAndReport() {
        return run().doOnSuccess(nothing -> fails.set(false)).onErrorResume(this::reportOnce);
    }

    private Mono<Void> reportOnce(Throwable failure) {
        List<Throwable> failures = Exceptions.unwrapMultiple(failure);
        if (failures.stream().anyMatch(LeaseLostException.class::isInstance)) {
            log.debug("Another node goes on with what this one began to remove");
        } else if (fails.compareAndSet(false, true)) {
            boolean storesOnly = failures.stream().allMatch(PortcullisException.class::isInstance);
            // A defect comes with where it is.
            log.warn(
                    "What has expired cannot be removed at the moment, it is tried again: {}",
                    RootCause.describeWithStore(failures.get(0)),
                    storesOnly ? null : failure);
        }
        return Mono.empty();
    }

    /** Begins nothing new; a transaction that is under way ends by itself. */
    @Override
    public void close() {
        running.dispose();
    }
}
