package io.portcullis.core.login;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Starts calls a random moment apart, in both orders. */
final class Race {
    private static final long LIMIT_SECONDS = 20;

    // Not the common pool, which has one thread on a machine of two cores: the calls would not race.
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(Race::daemon);

    private static final Scheduler SCHEDULER = Schedulers.fromExecutorService(THREADS);

    private Race() {}

    /** The call, begun in between now and {@code spread} from now, finer than a scheduler's timer can. */
    static <T> CompletableFuture<Outcome<T>> begin(Mono<T> call, Duration spread) {
        return begin(call, Duration.ZERO, spread);
    }

    /** The call, begun in between {@code headStart} and {@code headStart + spread} from now. */
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

    /** Waits for what must come about by itself. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("never: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /**
     * Holds back whichever of two sides came first in the last rounds, so that on a machine of any speed the race is close and
     * both orders occur.
     */
    static final class Handicap {
        private static final Duration STEP = Duration.ofNanos(250_000);

        private Duration first = Duration.ZERO;

        /** How long the first side waits. */
        Duration first() {
            return first.isNegative() ? Duration.ZERO : first;
        }

        /** How long the second side waits. */
        Duration second() {
            return first.isNegative() ? first.negated() : Duration.ZERO;
        }

        void record(boolean firstWon) {
            first = firstWon ? first.plus(STEP) : first.minus(STEP);
        }
    }
}
