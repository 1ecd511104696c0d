package io.portcullis.core.reactive;

import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/** Reads the age of the oldest entry of a backlog every 10 s. Between the readings, and while they fail, the age grows with the time. */
public final class BacklogAge implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final String name;
    private final Mono<Duration> oldest;
    private final LongSupplier nanoTime;
    private final Disposable.Swap running = Disposables.swap();

    private volatile Reading last;

    /**
     * Creates a backlog that is not read yet, and taken for empty.
     *
     * @param name the name of the backlog in the log
     * @param oldest reads the age of the oldest entry; empty if there is none
     */
    public BacklogAge(String name, Mono<Duration> oldest) {
        this.name = name;
        this.oldest = oldest;
        this.nanoTime = System::nanoTime;
        this.last = new Reading(false, Duration.ZERO, nanoTime.getAsLong());
    }

    /** Starts the periodic reading. May be called once. */
    public void start() {
        boolean unused = running.update(BackgroundWork.start(
                name, Repetition.every(INTERVAL, Mono.defer(this::read).onErrorComplete())));
    }

    /** Reads the age now. Errors as the source. */
    public Mono<Void> read() {
        return oldest.map(age -> new Reading(true, age, nanoTime.getAsLong()))
                .defaultIfEmpty(new Reading(false, Duration.ZERO, nanoTime.getAsLong()))
                .doOnNext(reading -> last = reading)
                .then();
    }

    /**
     * Returns the age of the oldest entry, zero if there is none. While the source fails, the age of the entry that was the oldest one
     * before.
     */
    public Duration oldestAge() {
        Reading reading = last;
        return reading.any ? reading.age.plusNanos(nanoTime.getAsLong() - reading.at) : Duration.ZERO;
    }

    /** Stops the periodic reading. */
    @Override
    public void close() {
        running.dispose();
    }

    /**
     * @param any whether there was an entry
     * @param at the time of the reading, in {@link System#nanoTime()}
     */
    private record Reading(boolean any, Duration age, long at) {}
}
