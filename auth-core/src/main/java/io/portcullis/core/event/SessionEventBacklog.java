package io.portcullis.core.event;

import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/** Reads the age of the oldest pending event every few seconds, on every node. */
public final class SessionEventBacklog implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final SessionEventQueue queue;
    private final LongSupplier nanoTime;
    private final Disposable.Swap running = Disposables.swap();

    private volatile Reading last;

    /** Creates a backlog that is not read yet, and taken for empty. */
    public SessionEventBacklog(SessionEventQueue queue) {
        this.queue = queue;
        this.nanoTime = System::nanoTime;
        this.last = new Reading(false, Duration.ZERO, nanoTime.getAsLong());
    }

    /** Starts the periodic reading. May be called once. */
    public void start() {
        boolean unused = running.update(BackgroundWork.start(
                "Backlog of session events",
                Repetition.every(INTERVAL, Mono.defer(this::read).onErrorComplete())));
    }

    /** Reads the age now. Errors as {@link SessionEventQueue#oldestAge}. */
    public Mono<Void> read() {
        return queue.oldestAge()
                .map(age -> new Reading(true, age, nanoTime.getAsLong()))
                .defaultIfEmpty(new Reading(false, Duration.ZERO, nanoTime.getAsLong()))
                .doOnNext(reading -> last = reading)
                .then();
    }

    /**
     * Returns the age of the oldest pending event, zero if there is none. While MySQL cannot be read, the age of the event that was the
     * oldest one before.
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
     * @param any whether there was a pending event
     * @param at the time of the reading, in {@link System#nanoTime()}
     */
    private record Reading(boolean any, Duration age, long at) {}
}
