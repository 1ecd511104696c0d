package io.portcullis.core.token.use;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Writes the gathered token uses to MySQL at an interval, early when they are many, and a last time when it is closed.
 *
 * <p>What cannot be written waits for the next flush, within the limits of {@link TokenUseSettings}. To write a use twice changes
 * nothing, so a flush whose outcome is unknown is repeated as a whole.
 */
public final class TokenUseFlush implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TokenUseFlush.class);

    private static final int ROWS_PER_STATEMENT = 500;
    /** Few, because the end of a session waits for the transaction that updates its row. */
    private static final int SESSIONS_PER_TRANSACTION = 50;

    private static final Duration WINDOW = Duration.ofHours(1);
    private static final Duration DRAIN_PAUSE = Duration.ofMillis(1);
    private static final int DRAIN_ATTEMPTS = 100;

    private final GatheredTokenUses gathered;
    private final TokenUseRepository repository;
    private final Transactions transactions;
    private final TokenUseSettings settings;
    private final TokenUseCounters counters;
    private final Clock clock;
    private final PendingUses pending;
    private volatile int pendingSize;
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private boolean failing;
    private boolean dropping;
    private long reportedDrops;
    private final Scheduler scheduler = Schedulers.parallel();

    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean started;

    /**
     * Creates a flush that does not run yet.
     *
     * @param gathered what the requests of this node have recorded
     * @param counters those of {@code gathered}
     */
    public TokenUseFlush(
            GatheredTokenUses gathered,
            TokenUseRepository repository,
            Transactions transactions,
            TokenUseSettings settings,
            TokenUseCounters counters,
            Clock clock) {
        this.gathered = gathered;
        this.repository = repository;
        this.transactions = transactions;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        this.pending = new PendingUses(settings, counters);
    }

    /** Starts the periodic flushes. May be called once. */
    public void start() {
        Flux<?> ticks =
                Flux.merge(Flux.interval(settings.flushInterval(), scheduler).onBackpressureDrop(), gathered.signals());
        started = true;
        Mono<Void> flushes = ticks.takeUntilOther(stop.asMono())
                .onBackpressureLatest()
                .publishOn(scheduler, 1)
                .concatMap(tick -> flushAndReport(), 0)
                .then(Mono.defer(this::flushAndReport))
                .doFinally(this::reportEnd);
        var unused = BackgroundWork.start("Flush of token uses", flushes);
    }

    private void reportEnd(SignalType end) {
        var unused = ended.tryEmitEmpty();
    }

    /** Returns the number of rows that wait for MySQL after the last flush. */
    public int pending() {
        return pendingSize;
    }

    /** Returns the live counters of this node. */
    public TokenUseCounters counters() {
        return counters;
    }

    /**
     * Stops the periodic flushes, and flushes a last time after the current flush. Completes when that is done, whether it succeeded or
     * not; at once if this flush was never started.
     */
    public Mono<Void> stop() {
        return Mono.defer(() -> {
            var unused = stop.tryEmitEmpty();
            return started ? ended.asMono() : Mono.empty();
        });
    }

    /** Does what {@link #stop} does, and does not wait for it. */
    @Override
    public void close() {
        var unused = stop.tryEmitEmpty();
    }

    /**
     * Writes the uses that were gathered before. May be called only before {@link #start}, and once at a time. Fails with
     * {@code UNAVAILABLE} if a part of it could not be written, and keeps that part.
     */
    public Mono<Void> flush() {
        return drain().then(Mono.defer(() -> each(pending.batches(ROWS_PER_STATEMENT), this::write)))
                .then(Mono.defer(() -> each(pending.sightingBatches(SESSIONS_PER_TRANSACTION), this::updateSessions)))
                .doOnTerminate(() -> pendingSize = pending.size());
    }

    /** Each step runs on a worker, because the connections to MySQL may answer on the event loops of requests. */
    private <T> Mono<Void> each(List<List<T>> batches, Function<List<T>, Mono<Void>> step) {
        return Flux.fromIterable(batches)
                .concatMap(batch -> step.apply(batch).publishOn(scheduler), 0)
                .then();
    }

    /** Waits for a thread that is in a stripe. It is there for less than a microsecond, unless it was suspended. */
    private Mono<Boolean> drain() {
        return Mono.fromSupplier(() -> gathered.drain(pending::add))
                .doOnNext(all -> reportDropped())
                .filter(all -> all)
                .repeatWhenEmpty(DRAIN_ATTEMPTS, busy -> busy.delayElements(DRAIN_PAUSE, scheduler))
                .onErrorReturn(IllegalStateException.class, false);
    }

    private Mono<Void> write(List<TokenUse> batch) {
        return withoutExcess(batch)
                .flatMap(kept -> {
                    counters.countDroppedForSession(batch.size() - (long) kept.size());
                    return kept.isEmpty()
                            ? Mono.<Void>empty()
                            : transactions
                                    .execute(repository.save(kept))
                                    .then(Mono.fromRunnable(() -> counters.countWritten(kept.size())));
                })
                .publishOn(scheduler)
                .then(Mono.fromRunnable(() -> pending.remove(batch)));
    }

    /** Emits the uses without those that would create further rows for a session that has enough. */
    private Mono<List<TokenUse>> withoutExcess(List<TokenUse> batch) {
        Set<String> sessions = batch.stream().map(TokenUse::sessionId).collect(Collectors.toSet());
        var since = clock.instant().minus(WINDOW);
        return repository
                .findFull(sessions, since, settings.maxPerSession())
                .flatMap(full -> full.isEmpty()
                        ? Mono.just(batch)
                        : repository
                                .findKeys(full, since)
                                .map(known -> batch.stream()
                                        .filter(use -> !full.contains(use.sessionId()) || known.contains(use.key()))
                                        .toList()));
    }

    private Mono<Void> updateSessions(List<SessionSighting> batch) {
        return transactions
                .execute(repository.updateSessions(batch))
                .publishOn(scheduler)
                .doOnNext(busy -> batch.stream()
                        .filter(sighting -> !busy.contains(sighting.sessionId()))
                        .forEach(pending::removeSighting))
                .then();
    }

    private Mono<Void> flushAndReport() {
        return flush().doOnSuccess(done -> failing = false).onErrorResume(this::reportOnce);
    }

    private Mono<Void> reportOnce(Throwable failure) {
        if (!failing) {
            failing = true;
            log.warn(
                    "Cannot write token uses, will be retried: {}",
                    RootCause.describeWithStore(failure),
                    failure instanceof PortcullisException ? null : failure);
        }
        return Mono.empty();
    }

    /** Logs once that uses are lost, until none was lost between two flushes. */
    private void reportDropped() {
        long dropped = counters.droppedForMemory();
        boolean more = dropped > reportedDrops;
        reportedDrops = dropped;
        if (more && !dropping) {
            log.warn(
                    "Token uses are dropped, because {} rows wait for MySQL (portcullis.token-use.max-pending)",
                    pending.size());
        }
        dropping = more;
    }
}
