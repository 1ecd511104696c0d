package io.portcullis.core.resilience;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * How long a store may take. A node that stood still may have its answer already, unread: if the timer itself comes more than 10 ms
 * late, it waits once more for as long as it was late, and at most for its time again.
 *
 * <p>So work ends within twice its time, plus what the timer is late twice. On a node that is never late it ends in its time.
 */
public final class TimeLimit {
    private static final long NOTABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Duration limit;
    private final Scheduler timer;
    private final LongSupplier nanoTime;

    public TimeLimit(Duration limit) {
        this(limit, Schedulers.parallel(), System::nanoTime);
    }

    TimeLimit(Duration limit, Scheduler timer, LongSupplier nanoTime) {
        this.limit = limit;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    /** The work, or a {@link java.util.concurrent.TimeoutException}. */
    public <T> Mono<T> on(Mono<T> work) {
        return work.timeout(Mono.defer(this::alarm));
    }

    private Mono<Long> alarm() {
        long due = nanoTime.getAsLong() + limit.toNanos();
        return Mono.delay(limit, timer).flatMap(done -> extension(nanoTime.getAsLong() - due));
    }

    private Mono<Long> extension(long lateNanos) {
        return lateNanos > NOTABLE_NANOS
                ? Mono.delay(Duration.ofNanos(Math.min(lateNanos, limit.toNanos())), timer)
                : Mono.just(0L);
    }
}
