package io.portcullis.core.resilience;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Tests the timeout with a timer whose delay the test sets. */
class TimeLimitTests {
    private static final Duration VERIFY = Duration.ofSeconds(5);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final AtomicLong now = new AtomicLong(System.nanoTime());
    private final Sinks.One<String> result = Sinks.one();

    @AfterEach
    void end() {
        timer.dispose();
    }

    private StepVerifier.FirstStep<String> work() {
        return StepVerifier.create(new TimeLimit(Duration.ofMillis(150), timer, now::get).applyTo(result.asMono()));
    }

    /** Advances the timer, which fires late by the given time. */
    private void pass(long millis, long late) {
        now.addAndGet(Duration.ofMillis(millis + late).toNanos());
        timer.advanceTimeBy(Duration.ofMillis(millis));
    }

    @Test
    void onWhenTheTimerIsPunctualThenEndsInItsTime() {
        work().then(() -> pass(149, 0))
                .expectNoEvent(Duration.ofMillis(10))
                .then(() -> pass(1, 0))
                .expectError(TimeoutException.class)
                .verify(VERIFY);
    }

    @Test
    void onWhenTheNodeStoodStillThenTheAnswerIsReadFirst() {
        work().then(() -> pass(150, 60))
                .expectNoEvent(Duration.ofMillis(10))
                .then(() -> result.tryEmitValue("read").orThrow())
                .expectNext("read")
                .expectComplete()
                .verify(VERIFY);
    }

    @Test
    void onWhenTheNodeStoodStillAndThereIsNoAnswerThenEndsAfterWhatWasLost() {
        work().then(() -> pass(150, 60))
                .then(() -> pass(59, 0))
                .expectNoEvent(Duration.ofMillis(10))
                .then(() -> pass(1, 0))
                .expectError(TimeoutException.class)
                .verify(VERIFY);
    }

    @Test
    void onWhenTheNodeStandsStillAgainAndAgainThenEndsAfterTwiceItsTime() {
        work().then(() -> pass(150, 5_000))
                .expectNoEvent(Duration.ofMillis(10))
                .then(() -> pass(150, 5_000))
                .expectError(TimeoutException.class)
                .verify(VERIFY);
    }
}
