package io.portcullis.core.clock;

import io.portcullis.core.reactive.BackgroundWork;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Measures the offset of this node's clock from the database's clock, every 10 s in the background and on demand. A
 * node whose offset exceeds the allowed one must not expire data for all nodes: a session that has expired by its
 * clock may be alive on every other node (docs/adr/0006).
 */
public final class ClockMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClockMonitor.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final DatabaseClock database;
    private final Clock clock;
    private final Duration allowed;
    private final Disposable.Swap running = Disposables.swap();

    private volatile @Nullable Duration offset;

    /**
     * Creates a monitor that does not run yet.
     *
     * @param allowed the largest offset, in either direction, at which the gateway's guarantees hold
     */
    public ClockMonitor(DatabaseClock database, Clock clock, Duration allowed) {
        this.database = database;
        this.clock = clock;
        this.allowed = allowed;
    }

    /** Starts the periodic comparison in the background. May be called once. */
    public void start() {
        Mono<Void> measurements = measure()
                .then()
                .onErrorComplete(Exception.class)
                .then(Mono.defer(() -> Mono.delay(INTERVAL)))
                .repeat()
                .then();
        boolean unused = running.update(BackgroundWork.start("Clock comparison with the database", measurements));
    }

    /**
     * Compares the clocks now. Emits the offset of this node's clock: positive if it is ahead, negative if it is
     * behind. Errors as {@link DatabaseClock#now}.
     */
    public Mono<Duration> measure() {
        return Mono.defer(() -> {
            Instant requestedAt = clock.instant();
            return database.now().map(shared -> {
                // The database read its clock at an unknown moment between request and response; the midpoint halves
                // the error.
                Duration wait = Duration.between(requestedAt, clock.instant());
                return recordOffset(Duration.between(shared, requestedAt.plus(wait.dividedBy(2))));
            });
        });
    }

    /**
     * Compares the clocks and emits the database's current time; empty if the offset exceeds the allowed one. Errors
     * as {@link #measure}.
     */
    public Mono<Instant> agreedTime() {
        return measure()
                .filter(measured -> trusted())
                .map(measured -> clock.instant().minus(measured));
    }

    private Duration recordOffset(Duration measured) {
        boolean previous = trusted();
        offset = measured;
        if (previous && !trusted()) {
            log.warn(
                    "This node's clock is {} ahead of the database's (allowed: {} in either direction); the janitor does not run"
                            + " on this node until the clocks agree",
                    measured,
                    allowed);
        } else if (!previous && trusted()) {
            log.info("This node's clock agrees with the database's again; it is {} ahead", measured);
        }
        return measured;
    }

    /**
     * Returns the offset of the last comparison, positive if this node was ahead; empty before the first comparison.
     */
    public Optional<Duration> offset() {
        return Optional.ofNullable(offset);
    }

    /** Returns whether the last offset was within the allowed one. True before the first comparison. */
    public boolean trusted() {
        Duration last = offset;
        return last == null || last.abs().compareTo(allowed) <= 0;
    }

    /** Stops the periodic comparison. */
    @Override
    public void close() {
        running.dispose();
    }
}
