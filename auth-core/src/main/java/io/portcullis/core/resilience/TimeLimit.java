package io.portcullis.core.resilience;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A timeout for calls of a store that allows for stalls of this node. After a stall the response may have arrived
 * without having been read. If the timer itself fires more than 10 ms late, the timeout is extended once, by the
 * timer's delay, but at most by the limit.
 *
 * <p>So a call ends within twice the limit plus the delay of both timers. On a node without stalls it ends within the
 * limit.
 */
public final class TimeLimit {
    private static final long NOTABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Duration limit;
    private final Scheduler timer;
    private final LongSupplier nanoTime;

    /** Creates a timeout on the parallel scheduler. */
    public TimeLimit(Duration limit) {
        this(limit, Schedulers.parallel(), System::nanoTime);
    }

    TimeLimit(Duration limit, Scheduler timer, LongSupplier nanoTime) {
        this.limit = limit;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the work with the timeout. Fails with a {@link java.util.concurrent.TimeoutException} when the time has
     * passed.
     */
    public <T> Mono<T> applyTo(Mono<T> work) {
        return work.timeout(Mono.defer(this::timeoutSignal));
    }

    private Mono<Long> timeoutSignal() {
        long due = nanoTime.getAsLong() + limit.toNanos();
        return Mono.delay(limit, timer).flatMap(done -> extension(nanoTime.getAsLong() - due));
    }

    private Mono<Long> extension(long lateNanos) {
        return lateNanos > NOTABLE_NANOS
                ? Mono.delay(Duration.ofNanos(Math.min(lateNanos, limit.toNanos())), timer)
                : Mono.just(0L);
    }
}
