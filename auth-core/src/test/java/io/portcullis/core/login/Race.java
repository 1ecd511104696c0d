package io.portcullis.core.login;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Starts calls with a random delay between them, so that both orders occur. */
final class Race {
    private static final long LIMIT_SECONDS = 20;

    // A pool of its own: the common pool has one thread on a machine with two cores, and the calls would not race.
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(Race::daemon);

    private static final Scheduler SCHEDULER = Schedulers.fromExecutorService(THREADS);

    private Race() {}

    /** Starts the call after a random delay of up to {@code spread}, finer than the resolution of a scheduler. */
    static <T> CompletableFuture<Outcome<T>> begin(Mono<T> call, Duration spread) {
        return begin(call, Duration.ZERO, spread);
    }

    /** Starts the call after a random delay between {@code headStart} and {@code headStart + spread}. */
    static <T> CompletableFuture<Outcome<T>> begin(Mono<T> call, Duration headStart, Duration spread) {
        long delay = headStart.toNanos() + ThreadLocalRandom.current().nextLong(spread.toNanos() + 1);
        return Mono.fromRunnable(() -> LockSupport.parkNanos(delay))
                .subscribeOn(SCHEDULER)
                .then(Outcome.later(call))
                .toFuture()
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    static ExecutorService threads() {
        return THREADS;
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "race");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Delays the side that came first in the last rounds, so that on a machine of any speed the race is close and
     * both orders occur.
     */
    static final class AdaptiveDelay {
        private static final Duration STEP = Duration.ofNanos(250_000);

        private Duration first = Duration.ZERO;

        /** Returns the delay of the first side. */
        Duration first() {
            return first.isNegative() ? Duration.ZERO : first;
        }

        /** Returns the delay of the second side. */
        Duration second() {
            return first.isNegative() ? first.negated() : Duration.ZERO;
        }

        void record(boolean firstWon) {
            first = firstWon ? first.plus(STEP) : first.minus(STEP);
        }
    }
}
