package io.portcullis.core.degraded;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Leads a node out of degraded mode, and keeps Redis repaired from the ledger while it is not.
 *
 * <p>In degraded mode it tries Redis with a few reads and writes, about ten times a second and one at a time, so that no request ever is
 * the guinea pig. Once they are quick, the whole ledger is replayed, and only if nothing disrupted Redis meanwhile is it trusted
 * again; a replay that cannot end it any more is begun anew. In any mode what was revoked lately is replayed twice a second.
 *
 * <p>While Redis is trusted, a node without requests notices as well that Redis hangs or refuses writes: by the replay of what was revoked
 * lately, when Redis does not take one of its tombstones, and by {@link TombstoneProbe}, which writes about twice a second.
 */
public final class Recovery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private static final Duration TRY_INTERVAL = Duration.ofMillis(100);
    private static final Duration REPLAY_INTERVAL = Duration.ofMillis(500);
    /** Enough to hit most nodes of a Redis Cluster. */
    private static final int PROBES = 8;

    private static final int MAX_OBSTACLES = 8;

    private final DegradedMode degraded;
    private final AccessTokenCache store;
    private final StoreBreaker breaker;
    private final LedgerReplay replay;
    private final TombstoneProbe probe;
    private final AtomicBoolean replayFails = new AtomicBoolean();
    /** What was logged as keeping Redis from being trusted, since it was trusted last. */
    private final Set<String> obstacles = ConcurrentHashMap.newKeySet();

    private final Disposable.Composite running = Disposables.composite();

    /**
     * @param store the one that talks to Redis whether it is trusted or not
     * @param breaker the one that is reset when Redis is trusted again, and knows what is slow
     */
    public Recovery(DegradedMode degraded, AccessTokenCache store, StoreBreaker breaker, LedgerReplay replay) {
        this.degraded = degraded;
        this.store = store;
        this.breaker = breaker;
        this.replay = replay;
        this.probe = new TombstoneProbe(store);
    }

    /**
     * Begins. May be called once.
     *
     * @param disruptions emits, for the log, what may have cost Redis a tombstone or cut the node off from it
     */
    public void start(Flux<String> disruptions) {
        running.add(Uncancellable.startInBackground(
                "The watch over Redis", disruptions.doOnNext(this::disrupted).then()));
        running.add(Uncancellable.startInBackground(
                "The probe of Redis", repeated(REPLAY_INTERVAL, Mono.defer(this::probeQuietly))));
        running.add(Uncancellable.startInBackground(
                "The recovery of Redis", repeated(TRY_INTERVAL, Mono.defer(this::tryToLeave))));
        running.add(Uncancellable.startInBackground(
                "The replay of the ledger", repeated(REPLAY_INTERVAL, Mono.defer(this::repair))));
    }

    private static Mono<Void> repeated(Duration interval, Mono<Void> work) {
        return work.then(Mono.defer(() -> Mono.delay(jittered(interval))))
                .repeat()
                .then();
    }

    /** Half of it to all of it, so that nodes that began together drift apart. */
    private static Duration jittered(Duration interval) {
        long millis = interval.toMillis();
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
    }

    private void disrupted(String what) {
        degraded.enter("Redis was disrupted", what);
    }

    private Mono<Void> tryToLeave() {
        return Mono.justOrEmpty(degraded.attempt())
                .flatMap(this::replayed)
                // Whatever it is, several failures at once included: a loop that ends would leave the node degraded for
                // good.
                .onErrorResume(Exception.class, this::obstructed);
    }

    private Mono<Void> replayed(DegradedMode.Attempt attempt) {
        return quickReads()
                .then(writes())
                .then(replay.replayAll(() -> degraded.isCurrent(attempt)))
                .doOnNext(tombstones -> leave(attempt, tombstones))
                .then();
    }

    private Mono<Void> quickReads() {
        return Flux.range(0, PROBES).concatMap(i -> read()).then();
    }

    /** It judges on the thread of the answer, which knows whether it was away itself. */
    private Mono<Void> read() {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return store.find(UUID.randomUUID().toString())
                    .then(Mono.defer(() -> breaker.slow(start) ? tooSlow() : Mono.empty()));
        });
    }

    /** Writes may take longer than a check may, as they do with {@code appendfsync always}. */
    private Mono<Void> writes() {
        return Flux.range(0, PROBES).concatMap(i -> probe.write()).then();
    }

    private static Mono<Void> tooSlow() {
        return Mono.error(new TimeoutException("Redis answers, but slowly"));
    }

    /** Logs each cause once until Redis is trusted again: an outage of hours is a few lines. */
    private Mono<Void> obstructed(Exception failure) {
        String reason = reason(failure);
        degraded.obstructed(reason);
        String cause = RootCause.of(failure) instanceof PortcullisException ? reason : RootCause.describe(failure);
        if (!degraded.beganBy(cause) && obstacles.size() < MAX_OBSTACLES && obstacles.add(cause)) {
            log.warn("Redis cannot be trusted yet: {}", cause);
        }
        return Mono.empty();
    }

    /** For health: no addresses. */
    private static String reason(Exception failure) {
        var refused = WriteRefusedException.in(failure);
        if (refused.isPresent()) {
            return "Redis refuses writes: " + refused.get().code();
        }
        if (failure instanceof PortcullisException store && "MySQL".equals(store.getMessage())) {
            return "the ledger in MySQL cannot be read";
        }
        boolean connected = !(RootCause.of(failure) instanceof PortcullisException);
        return connected ? "Redis fails or is slow" : "there is no connection to Redis";
    }

    /** Does nothing in degraded mode, in which the recovery tries Redis. */
    private Mono<Void> probeQuietly() {
        return degraded.active()
                ? Mono.empty()
                : probe.confirmed().onErrorResume(Exception.class, failure -> distrust("no write succeeds", failure));
    }

    private Mono<Void> distrust(String what, Exception failure) {
        WriteRefusedException.in(failure)
                .ifPresentOrElse(
                        degraded::enter,
                        () -> degraded.enter(
                                "Redis fails or is slow", what + " in Redis: " + RootCause.describe(failure)));
        return Mono.empty();
    }

    private void leave(DegradedMode.Attempt attempt, long tombstones) {
        // Before it is left: a call that fails right after must count.
        breaker.reset();
        if (degraded.leave(attempt, tombstones)) {
            obstacles.clear();
        }
    }

    private Mono<Void> repair() {
        return replay.replayRecent()
                .doOnNext(entries -> replayFails.set(false))
                .then()
                .onErrorResume(
                        UnwrittenTombstonesException.class, failure -> distrust("a tombstone is missing", failure))
                .onErrorResume(Exception.class, this::reportOnce);
    }

    private Mono<Void> reportOnce(Exception failure) {
        if (replayFails.compareAndSet(false, true)) {
            log.warn(
                    "The ledger cannot be replayed into Redis at the moment: {}", RootCause.describeWithStore(failure));
        }
        return Mono.empty();
    }

    @Override
    public void close() {
        running.dispose();
    }
}
