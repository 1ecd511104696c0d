package io.portcullis.core.clock;

import io.portcullis.core.reactive.Uncancellable;
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
 * Compares this node's clock with the database's every few seconds. A node whose clock differs by more than is allowed ends nothing
 * by time: what is expired on its clock may be alive everywhere else.
 */
public final class ClockMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClockMonitor.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final DatabaseClock database;
    private final Clock clock;
    private final Duration allowed;
    private final Disposable.Swap running = Disposables.swap();

    private volatile @Nullable Duration offset;

    /** @param allowed the largest difference at which the nodes' promises hold */
    public ClockMonitor(DatabaseClock database, Clock clock, Duration allowed) {
        this.database = database;
        this.clock = clock;
        this.allowed = allowed;
    }

    /** Begins. May be called once. */
    public void start() {
        Mono<Void> looks = measure()
                .then()
                .onErrorComplete(Exception.class)
                .then(Mono.defer(() -> Mono.delay(INTERVAL)))
                .repeat()
                .then();
        boolean unused =
                running.update(Uncancellable.startInBackground("The comparison with the database's clock", looks));
    }

    /**
     * Compares the clocks now; emits by how much this node's is ahead, negative if it is behind. Errors as {@link DatabaseClock#now}.
     */
    public Mono<Duration> measure() {
        return Mono.defer(() -> {
            Instant asked = clock.instant();
            return database.now().map(shared -> {
                // The database looked at its clock somewhere between the question and the answer.
                Duration wait = Duration.between(asked, clock.instant());
                return take(Duration.between(shared, asked.plus(wait.dividedBy(2))));
            });
        });
    }

    /** The database's present time, or empty if this node's clock is not within what is allowed of it. Errors as {@link #measure}. */
    public Mono<Instant> agreedTime() {
        return measure()
                .filter(measured -> trusted())
                .map(measured -> clock.instant().minus(measured));
    }

    private Duration take(Duration measured) {
        boolean was = trusted();
        offset = measured;
        if (was && !trusted()) {
            log.warn(
                    "This node's clock is {} ahead of the database's (allowed: {} either way): the node ends nothing by time"
                            + " until its clock is set right",
                    measured,
                    allowed);
        } else if (!was && trusted()) {
            log.info("This node's clock agrees with the database's again: it is {} ahead", measured);
        }
        return measured;
    }

    /** By how much this node's clock was ahead when it was last compared; empty before the first comparison. */
    public Optional<Duration> offset() {
        return Optional.ofNullable(offset);
    }

    /** Whether the clocks agreed when they were last compared, or were not compared yet. */
    public boolean trusted() {
        Duration last = offset;
        return last == null || last.abs().compareTo(allowed) <= 0;
    }

    @Override
    public void close() {
        running.dispose();
    }
}
