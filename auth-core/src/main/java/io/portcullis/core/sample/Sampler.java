package io.portcullis.core.sample;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Writes a sample of this node to MySQL every minute, and the number of live sessions if no other node has counted them in the same five
 * minutes. What cannot be written is lost: a later sample does not cover its time.
 */
public final class Sampler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sampler.class);

    private final SampleRepository repository;
    private final Supplier<NodeReadings> readings;
    private final LongSupplier nanoTime;
    private final AtomicReference<Reading> last;
    private final AtomicBoolean savingFails = new AtomicBoolean();
    private final AtomicBoolean countingFails = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();

    /**
     * Creates a sampler that does not run yet. Its first sample covers the time from now.
     *
     * @param readings supplies the counts of this node since its start
     */
    public Sampler(SampleRepository repository, Supplier<NodeReadings> readings) {
        this(repository, readings, System::nanoTime);
    }

    Sampler(SampleRepository repository, Supplier<NodeReadings> readings, LongSupplier nanoTime) {
        this.repository = repository;
        this.readings = readings;
        this.nanoTime = nanoTime;
        this.last = new AtomicReference<>(new Reading(nanoTime.getAsLong(), readings.get()));
    }

    /**
     * Starts the periodic samples. The first one is taken at a random moment within one interval, so that nodes that start together do not
     * write together. May be called once.
     *
     * @param node the name of this node, at most 64 ASCII characters
     */
    public void start(String node) {
        started.set(true);
        long interval = SampleRepository.NODE_INTERVAL.toMillis();
        Duration first = Duration.ofMillis(ThreadLocalRandom.current().nextLong(interval + 1));
        Mono<Void> samples = Flux.interval(first, SampleRepository.NODE_INTERVAL, Schedulers.parallel())
                .onBackpressureDrop()
                .takeUntilOther(stop.asMono())
                .concatMap(tick -> sample(node), 0)
                .then()
                .doFinally(this::reportEnd);
        var unused = BackgroundWork.start("Samples", samples);
    }

    private void reportEnd(SignalType end) {
        var unused = ended.tryEmitEmpty();
    }

    /**
     * Writes one sample of this node, which covers the time since the one before, and the number of live sessions unless a node has counted
     * them in this interval. Never fails: a failure is logged once, until the same succeeds again.
     */
    public Mono<Void> sample(String node) {
        Mono<Boolean> saved = Mono.defer(() -> repository.save(next(node))).thenReturn(true);
        return reporting("the sample of this node", saved, savingFails)
                .then(reporting("the number of live sessions", Mono.defer(repository::countSessions), countingFails));
    }

    private static Mono<Void> reporting(String what, Mono<Boolean> work, AtomicBoolean failing) {
        return work.doOnNext(done -> {
                    if (done) {
                        failing.set(false);
                    }
                })
                .then()
                .onErrorResume(failure -> {
                    if (failing.compareAndSet(false, true)) {
                        log.warn(
                                "Cannot write {}, so the charts of the administration have a gap: {}",
                                what,
                                RootCause.describeWithStore(failure),
                                failure instanceof PortcullisException ? null : failure);
                    }
                    return Mono.empty();
                });
    }

    private NodeSample next(String node) {
        var now = new Reading(nanoTime.getAsLong(), readings.get());
        Reading former = Objects.requireNonNull(last.getAndSet(now));
        return new NodeSample(node, Duration.ofNanos(now.nanos - former.nanos), now.readings.since(former.readings));
    }

    /** Ends the periodic samples. Completes when the current sample is written or has failed; at once if there is none. */
    public Mono<Void> stop() {
        return Mono.defer(() -> {
            close();
            return started.get() ? ended.asMono() : Mono.empty();
        });
    }

    /** Does what {@link #stop} does, and does not wait for it. */
    @Override
    public void close() {
        var unused = stop.tryEmitEmpty();
    }

    /**
     * The counts of the node at one moment.
     *
     * @param nanos the moment, in {@link System#nanoTime()}
     */
    private record Reading(long nanos, NodeReadings readings) {}
}
