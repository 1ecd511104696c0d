package io.portcullis.core.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Tests that the breaker opens as if it recorded every fast call, although it skips those that would not change the
 * window.
 */
class StoreBreakerTests {
    private static final int WINDOW = 20;
    private static final Duration SLOW = Duration.ofSeconds(10);

    private final StoreBreaker breaker =
            new StoreBreaker("Redis", new BreakerSettings(50, SLOW, WINDOW, 10, Duration.ofMinutes(1), 1));
    private final AtomicInteger opened = new AtomicInteger();

    @BeforeEach
    void listen() {
        breaker.onOpen(opened::incrementAndGet);
    }

    private void quick(int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.recordSuccess(System.nanoTime());
        }
    }

    private void slow(int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.recordSuccess(System.nanoTime() - SLOW.toNanos() - 1);
        }
    }

    private void failed(int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.recordFailure(System.nanoTime(), new IllegalStateException("down"));
        }
    }

    @Test
    void failedWhenHalfOfTheWindowAfterManyAnswersThenOpens() {
        quick(10_000);
        failed(9);
        assertThat(opened).hasValue(0);

        failed(1);

        assertThat(opened).hasValue(1);
    }

    @Test
    void answeredWhenSlowAfterManyQuickOnesThenOpens() {
        quick(10_000);
        slow(9);
        assertThat(opened).hasValue(0);

        slow(1);

        assertThat(opened).hasValue(1);
    }

    @Test
    void failedWhenRareThenNeverOpens() {
        for (int i = 0; i < 1_000; i++) {
            quick(WINDOW);
            failed(9);
        }

        assertThat(opened).hasValue(0);
    }

    @Test
    void failedWhenEverySecondThenOpens() {
        quick(10_000);
        for (int i = 0; i < WINDOW / 2; i++) {
            quick(1);
            failed(1);
        }

        assertThat(opened).hasValue(1);
    }

    @Test
    void failedWhenResetBeforeThenTheMinimumCounts() {
        quick(10_000);
        failed(10);
        breaker.reset();

        failed(9);
        assertThat(opened).hasValue(1);
        failed(1);

        assertThat(opened).hasValue(2);
    }

    @Test
    void withdrawWhenHalfOpenThenAnotherMayBeTheProbe() throws Exception {
        Duration openFor = Duration.ofMillis(500);
        var halfOpen = new StoreBreaker("MySQL", new BreakerSettings(50, SLOW, WINDOW, 10, openFor, 1));
        for (int i = 0; i < 10; i++) {
            halfOpen.recordFailure(System.nanoTime(), new IllegalStateException("down"));
        }
        TimeUnit.MILLISECONDS.sleep(openFor.toMillis() + 50);

        assertThat(admits(halfOpen)).isTrue();
        assertThat(admits(halfOpen)).as("beside the one probe").isFalse();

        halfOpen.releasePermission();
        assertThat(admits(halfOpen)).isTrue();
    }

    private static boolean admits(StoreBreaker breaker) {
        return !breaker.admit(Mono.just("called"))
                .toFuture()
                .handle((value, refusal) -> refusal != null)
                .join();
    }
}
