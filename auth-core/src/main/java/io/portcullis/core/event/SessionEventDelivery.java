package io.portcullis.core.event;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.retention.Lease;
import io.portcullis.core.retention.LeaseLostException;
import io.portcullis.core.retention.LeaseRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

/**
 * Delivers the events of the outbox to the receiver, on one node at a time (docs/adr/0040). A round reads the sessions with due events and
 * delivers to several of them concurrently, the events of one session one after the other. An event is removed when the receiver has
 * accepted it; if the node ends in between, the event is delivered once more.
 *
 * <p>The order in a session does not rest on the lease: an event is sent only after every earlier event of its session was accepted or
 * given up, whichever node did it. The lease only saves double deliveries.
 *
 * <p>A failed event is attempted again after a pause that doubles. While nothing is accepted at all, the rounds pause as well and attempt
 * few events. What waits stays in MySQL, so memory does not grow.
 */
public final class SessionEventDelivery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SessionEventDelivery.class);
    private static final String LEASE = "session-events";
    /** The number of sessions that one round reads. */
    private static final int SESSIONS_PER_ROUND = 500;

    private static final int GIVEN_UP_PER_ROUND = 500;
    /** The number of failures without which no event is given up for its age, so that events survive a long stop of all nodes. */
    private static final int LEAST_FAILURES = 5;

    private static final Duration STORE_PAUSE = Duration.ofSeconds(2);

    private final LeaseRepository leases;
    private final SessionEventQueue queue;
    private final SessionEventReceiver receiver;
    private final Transactions transactions;
    private final DeliverySettings settings;
    private final Supplier<String> ids;
    private final LongSupplier nanoTime;
    private final DeliveryCounters counters = new DeliveryCounters();
    private final AtomicBoolean receiverFailing = new AtomicBoolean();
    private final AtomicBoolean storeFailing = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();

    private volatile boolean stopping;
    private volatile @Nullable Lease held;
    /** The time at which the lease was taken or renewed, in {@link System#nanoTime()}. */
    private volatile long heldSince;
    /** The number of rounds in a row in which no event was accepted and at least one failed. One round runs at a time. */
    private volatile int failedRounds;

    /** Creates a delivery that does not run yet. */
    public SessionEventDelivery(
            LeaseRepository leases,
            SessionEventQueue queue,
            SessionEventReceiver receiver,
            Transactions transactions,
            DeliverySettings settings,
            Supplier<String> ids) {
        this.leases = leases;
        this.queue = queue;
        this.receiver = receiver;
        this.transactions = transactions;
        this.settings = settings;
        this.ids = ids;
        this.nanoTime = System::nanoTime;
    }

    /** Starts the rounds in the background. May be called once. */
    public void start() {
        started.set(true);
        Mono<Void> rounds = Mono.defer(this::roundAndReport)
                .flatMap(this::pause)
                .repeat(() -> !stopping)
                .then(Mono.defer(this::release))
                .doFinally(this::reportEnd);
        var unused = BackgroundWork.start("Session events", rounds);
    }

    /** Returns the counters of this node's deliveries. */
    public DeliveryCounters counters() {
        return counters;
    }

    /** Never fails: MySQL's failures are logged once, until a round succeeds again. Emits the pause until the next round. */
    private Mono<Duration> roundAndReport() {
        return round().doOnNext(pause -> storeFailing.set(false)).onErrorResume(failure -> {
            if (failure instanceof LeaseLostException) {
                log.debug("The lease of the session events was lost; another node may continue");
                return Mono.just(settings.pollInterval());
            }
            reportStoreFailure(failure);
            return Mono.just(STORE_PAUSE);
        });
    }

    private Mono<Void> pause(Duration pause) {
        return pause.isZero()
                ? Mono.empty()
                : Mono.delay(pause).takeUntilOther(stop.asMono()).then();
    }

    /**
     * Makes one round. Emits the pause until the next one. Does nothing if another node holds the lease. Errors: {@code UNAVAILABLE},
     * {@link LeaseLostException}.
     */
    private Mono<Duration> round() {
        return lease().flatMap(lease -> queue.findDue(failedRounds == 0 ? SESSIONS_PER_ROUND : settings.concurrency()))
                .flatMap(this::deliverAll)
                .flatMap(this::giveUpOld)
                .map(this::finish)
                .defaultIfEmpty(settings.pollInterval());
    }

    /** Emits the lease, which it renews when a quarter of its life has passed; empty if another node holds it. */
    private Mono<Lease> lease() {
        Lease lease = held;
        long now = nanoTime.getAsLong();
        if (lease == null) {
            return leases.take(new Lease(LEASE, ids.get(), settings.leaseTime()))
                    .doOnNext(taken -> hold(taken, now));
        }
        if (now - heldSince < settings.leaseTime().toNanos() / 4) {
            return Mono.just(lease);
        }
        return transactions
                .execute(leases.renew(lease))
                .then(Mono.fromRunnable(() -> hold(lease, now)))
                .thenReturn(lease)
                .doOnError(LeaseLostException.class, lost -> held = null);
    }

    private void hold(Lease lease, long since) {
        held = lease;
        heldSince = since;
    }

    /** Starts no session's turn when half of the lease has passed, so that the round ends before the lease does. */
    private Mono<DeliveryRound> deliverAll(List<PendingEvent> due) {
        DeliveryRound round = new DeliveryRound();
        long end = nanoTime.getAsLong() + settings.leaseTime().toNanos() / 2;
        return Flux.fromIterable(SessionTurn.group(due))
                .takeWhile(turn -> !stopping && nanoTime.getAsLong() - end < 0)
                .flatMap(
                        turn -> deliver(turn, round).onErrorResume(failure -> storeFailed(round, failure)),
                        settings.concurrency(),
                        1)
                .then(Mono.just(round));
    }

    /** The other turns go on: their events may be under way, and would be sent again. */
    private static Mono<Void> storeFailed(DeliveryRound round, Throwable failure) {
        round.addStoreFailure(failure);
        return Mono.empty();
    }

    private Mono<Void> deliver(SessionTurn turn, DeliveryRound round) {
        PendingEvent first = turn.first();
        if (!first.due()) {
            return transactions.execute(queue.waitUntil(turn.idsBehind(), first.nextAttemptAt()));
        }
        return receiver.deliver(first.event()).flatMap(result -> record(turn, result, round));
    }

    private Mono<Void> record(SessionTurn turn, DeliveryResult result, DeliveryRound round) {
        if (result instanceof DeliveryResult.Delivered) {
            counters.addDelivered();
            round.addDelivered();
            return transactions
                    .execute(queue.remove(turn.first().event().id()))
                    .then(Mono.defer(() -> deliverNext(turn, round)));
        }
        return result instanceof DeliveryResult.Refused refused
                ? recordFailure(turn, refused.failure(), true, round)
                : recordFailure(turn, ((DeliveryResult.Failed) result).failure(), false, round);
    }

    private Mono<Void> deliverNext(SessionTurn turn, DeliveryRound round) {
        return turn.hasOne() || stopping ? Mono.empty() : deliver(turn.next(), round);
    }

    private Mono<Void> recordFailure(SessionTurn turn, String failure, boolean refused, DeliveryRound round) {
        PendingEvent first = turn.first();
        String id = first.event().id();
        counters.addFailed();
        round.addFailed(failure);
        if (isHopeless(first, refused)) {
            return transactions
                    .execute(queue.giveUp(id, failure))
                    .then(Mono.fromRunnable(() -> addDead(1, round)))
                    .then(Mono.defer(() -> deliverNext(turn, round)));
        }
        Duration delay = Backoff.after(first.attempts() + 1, settings.maxBackoff());
        return transactions.execute(queue.retryLater(id, failure, refused, delay, turn.idsBehind()));
    }

    /** Returns whether the failure of this attempt is the last one that the event may have. */
    private boolean isHopeless(PendingEvent failed, boolean refused) {
        boolean old = failed.age().compareTo(settings.giveUpAfter()) > 0 && failed.attempts() + 1 >= LEAST_FAILURES;
        return old || (refused && failed.refusals() + 1 >= settings.maxRefusals());
    }

    /**
     * Gives old events up without an attempt while the receiver accepts nothing at all, because there may be more of them than the few
     * attempts of such rounds reach.
     */
    private Mono<DeliveryRound> giveUpOld(DeliveryRound round) {
        if (!round.onlyFailed() || failedRounds < LEAST_FAILURES) {
            return Mono.just(round);
        }
        return transactions
                .execute(queue.giveUpOlderThan(settings.giveUpAfter(), GIVEN_UP_PER_ROUND))
                .doOnNext(events -> addDead(events.intValue(), round))
                .thenReturn(round);
    }

    private void addDead(int events, DeliveryRound round) {
        counters.addDead(events);
        round.addDead(events);
    }

    /** Returns the pause until the next round. */
    private Duration finish(DeliveryRound round) {
        report(round);
        Throwable storeFailure = round.storeFailure();
        if (storeFailure != null) {
            reportStoreFailure(storeFailure);
            return STORE_PAUSE;
        }
        failedRounds = round.onlyFailed() ? failedRounds + 1 : 0;
        if (failedRounds > 0) {
            return Backoff.after(failedRounds, settings.maxPause());
        }
        return round.anyDelivered() ? Duration.ZERO : settings.pollInterval();
    }

    private void report(DeliveryRound round) {
        if (round.dead() > 0) {
            log.warn(
                    "Gave up {} session events, which an administrator can have delivered again; last failure: {}",
                    round.dead(),
                    round.lastFailure());
        }
        if (round.anyDelivered() && receiverFailing.compareAndSet(true, false)) {
            log.info("The receiver of session events accepts them again");
        } else if (round.onlyFailed() && receiverFailing.compareAndSet(false, true)) {
            log.warn("Cannot deliver session events, will be retried: {}", round.lastFailure());
        }
    }

    private void reportStoreFailure(Throwable failure) {
        if (storeFailing.compareAndSet(false, true)) {
            log.warn(
                    "Cannot read or update the session events, will be retried: {}",
                    RootCause.describeWithStore(failure),
                    failure instanceof PortcullisException ? null : failure);
        }
    }

    /** Releases the lease, so that another node continues at once. A failure is harmless: the lease expires. */
    private Mono<Void> release() {
        Lease lease = held;
        held = null;
        return lease == null
                ? Mono.empty()
                : leases.setRemainingTime(lease, Duration.ZERO).onErrorComplete();
    }

    private void reportEnd(SignalType end) {
        var unused = ended.tryEmitEmpty();
    }

    /** Starts no further delivery. Completes when the current ones have ended and another node can continue. */
    public Mono<Void> stop() {
        return Mono.defer(() -> {
            close();
            return started.get() ? ended.asMono() : Mono.empty();
        });
    }

    /** Does what {@link #stop} does, and does not wait for it. */
    @Override
    public void close() {
        stopping = true;
        var unused = stop.tryEmitEmpty();
    }
}
