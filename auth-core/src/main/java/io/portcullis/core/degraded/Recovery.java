package io.portcullis.core.degraded;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends degraded mode, and keeps Redis repaired from the ledger in every mode (docs/design.md section 9).
 *
 * <p>In degraded mode the recovery probes Redis with a few reads and writes, about ten times a second and one command at a time,
 * so that no client's request serves as the probe. If the probes succeed in time, the recovery replays the whole ledger. It
 * trusts Redis again only if no disruption happened during the replay; otherwise it starts over. In every mode it replays the
 * recent entries about twice a second.
 *
 * <p>While Redis is trusted, a node without requests also detects a Redis that hangs or refuses writes: by the replay of the
 * recent entries, if one of their tombstones fails, and by {@link TombstoneProbe}, which writes about twice a second.
 */
public final class Recovery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private static final Duration ATTEMPT_INTERVAL = Duration.ofMillis(100);
    private static final Duration REPLAY_INTERVAL = Duration.ofMillis(500);
    /** The number of probes per attempt. Their keys have different slots, so they reach most masters of a Cluster. */
    private static final int PROBES = 8;

    private static final int MAX_OBSTACLES = 8;

    private final DegradedMode degraded;
    private final AccessTokenCache cache;
    private final StoreBreaker breaker;
    private final LedgerReplay replay;
    private final TombstoneProbe probe;
    private final AtomicBoolean replayFailing = new AtomicBoolean();
    /** The obstacles to trusting Redis that were logged since Redis was last trusted; each is logged once. */
    private final Set<String> obstacles = ConcurrentHashMap.newKeySet();

    private final Disposable.Composite running = Disposables.composite();

    /**
     * @param cache the unguarded cache, which accesses Redis in degraded mode too
     * @param breaker the breaker of Redis. It decides which reads are slow, and is reset when Redis is trusted again
     */
    public Recovery(DegradedMode degraded, AccessTokenCache cache, StoreBreaker breaker, LedgerReplay replay) {
        this.degraded = degraded;
        this.cache = cache;
        this.breaker = breaker;
        this.replay = replay;
        this.probe = new TombstoneProbe(cache);
    }

    /**
     * Starts the background tasks. Must be called at most once; {@link #close} stops them.
     *
     * @param disruptions emits a description of each disruption, for the log
     */
    public void start(Flux<String> disruptions) {
        running.add(BackgroundWork.start(
                "Redis disruption listener",
                disruptions.doOnNext(this::onDisruption).then()));
        running.add(BackgroundWork.start(
                "Redis write probe", Repetition.every(REPLAY_INTERVAL, Mono.defer(this::probeQuietly))));
        running.add(BackgroundWork.start(
                "Redis recovery", Repetition.every(ATTEMPT_INTERVAL, Mono.defer(this::attemptRecovery))));
        running.add(BackgroundWork.start(
                "Ledger replay", Repetition.every(REPLAY_INTERVAL, Mono.defer(this::replayRecent))));
    }

    private void onDisruption(String description) {
        degraded.enter("Redis was disrupted", description);
    }

    private Mono<Void> attemptRecovery() {
        return Mono.justOrEmpty(degraded.attempt())
                .flatMap(this::probeAndReplay)
                // Handles every exception, including Reactor's composites: if the loop ended, the node would stay
                // degraded.
                .onErrorResume(Exception.class, this::reportObstacle);
    }

    private Mono<Void> probeAndReplay(DegradedMode.Attempt attempt) {
        return requireFastReads()
                .then(requireWrites())
                .then(replay.replayAll(() -> degraded.isCurrent(attempt)))
                .doOnNext(tombstones -> leave(attempt, tombstones))
                .then();
    }

    private Mono<Void> requireFastReads() {
        return Flux.range(0, PROBES).concatMap(i -> requireFastRead()).then();
    }

    /** Evaluates slowness on the event loop that received the reply: only that loop knows its own stalls. */
    private Mono<Void> requireFastRead() {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return cache.find(UUID.randomUUID().toString())
                    .then(Mono.defer(() -> breaker.isSlow(start) ? tooSlow() : Mono.empty()));
        });
    }

    /**
     * Writes the probes. The duration does not matter: a write may be slower than a check, as with {@code appendfsync always}.
     */
    private Mono<Void> requireWrites() {
        return Flux.range(0, PROBES).concatMap(i -> probe.write()).then();
    }

    private static Mono<Void> tooSlow() {
        return Mono.error(new TimeoutException("Redis answers, but slowly"));
    }

    /** Logs each cause once until Redis is trusted again, so that an outage of hours produces a few lines. */
    private Mono<Void> reportObstacle(Exception failure) {
        String reason = reason(failure);
        degraded.updateReason(reason);
        String cause = RootCause.of(failure) instanceof PortcullisException ? reason : RootCause.describe(failure);
        if (!degraded.isLoggedReason(cause) && obstacles.size() < MAX_OBSTACLES && obstacles.add(cause)) {
            log.warn("Cannot trust Redis yet: {}", cause);
        }
        return Mono.empty();
    }

    /** Returns the reason for health, without addresses. */
    private static String reason(Exception failure) {
        var refused = RootCause.find(failure, WriteRefusedException.class);
        if (refused.isPresent()) {
            return "Redis refuses writes: " + refused.get().code();
        }
        if (failure instanceof PortcullisException cache && "MySQL".equals(cache.getMessage())) {
            return "the ledger in MySQL cannot be read";
        }
        boolean connected = !(RootCause.of(failure) instanceof PortcullisException);
        return connected ? "Redis fails or is slow" : "there is no connection to Redis";
    }

    /** Probes writes while Redis is trusted. Does nothing in degraded mode, because the recovery probes Redis then. */
    private Mono<Void> probeQuietly() {
        return degraded.active()
                ? Mono.empty()
                : probe.writeWithRetries()
                        .onErrorResume(Exception.class, failure -> enterDegradedMode("no write succeeds", failure));
    }

    private Mono<Void> enterDegradedMode(String description, Exception failure) {
        degraded.enterAfter(description, failure);
        return Mono.empty();
    }

    private void leave(DegradedMode.Attempt attempt, long tombstones) {
        // Resets the breaker first: it must count a call that fails right after degraded mode ends.
        breaker.reset();
        if (degraded.leave(attempt, tombstones)) {
            obstacles.clear();
        }
    }

    private Mono<Void> replayRecent() {
        return replay.replayRecent()
                .doOnNext(entries -> replayFailing.set(false))
                .then()
                .onErrorResume(
                        UnwrittenTombstonesException.class,
                        failure -> enterDegradedMode("a tombstone is missing", failure))
                .onErrorResume(Exception.class, this::reportOnce);
    }

    private Mono<Void> reportOnce(Exception failure) {
        if (replayFailing.compareAndSet(false, true)) {
            log.warn("Cannot replay the ledger into Redis; retrying: {}", RootCause.describeWithStore(failure));
        }
        return Mono.empty();
    }

    @Override
    public void close() {
        running.dispose();
    }
}
