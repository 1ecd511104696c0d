package io.portcullis.core.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ConcurrencyLimitTests {
    private static final int MANY = 20_000;

    private final Sinks.One<Integer> first = Sinks.one();

    @Test
    void runWhenFullThenWaitsForOneToEnd() {
        var limit = new ConcurrencyLimit("MySQL", 1, 1);
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();
        var waiting = limit.run(Mono.just(2), UnaryOperator.identity()).toFuture();
        assertThat(waiting).isNotDone();

        first.tryEmitValue(1).orThrow();

        assertThat(running.join()).isEqualTo(1);
        assertThat(waiting.join()).isEqualTo(2);
    }

    @Test
    void runWhenTooManyWaitThenRefusedAtOnce() {
        var limit = new ConcurrencyLimit("MySQL", 1, 0);
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();

        StepVerifier.create(limit.run(Mono.just(2), UnaryOperator.identity()))
                .expectError(PortcullisException.class)
                .verify();

        first.tryEmitValue(1).orThrow();
        assertThat(running.join()).isEqualTo(1);
        StepVerifier.create(limit.run(Mono.just(3), UnaryOperator.identity()))
                .expectNext(3)
                .verifyComplete();
    }

    @Test
    void runWhenTheCallerGivesUpThenTheTurnLastsUntilTheWorkEnds() {
        var limit = new ConcurrencyLimit("MySQL", 1, 1);
        StepVerifier.create(limit.run(first.asMono(), running -> running.timeout(Duration.ofMillis(1))))
                .expectError(TimeoutException.class)
                .verify();

        var waiting = limit.run(Mono.just(2), UnaryOperator.identity()).toFuture();
        assertThat(waiting).isNotDone();

        first.tryEmitValue(1).orThrow();
        assertThat(waiting.join()).isEqualTo(2);
    }

    @Test
    void refuseWaitingThenThoseWhoWaitAreRefusedAndTheRestGoesOn() {
        var limit = new ConcurrencyLimit("MySQL", 1, 1);
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();
        var waiting = limit.run(Mono.just(2), UnaryOperator.identity()).toFuture();

        limit.refuseWaiting();

        assertThat(waiting).isCompletedExceptionally();
        first.tryEmitValue(1).orThrow();
        assertThat(running.join()).isEqualTo(1);
        StepVerifier.create(limit.run(Mono.just(3), UnaryOperator.identity()))
                .expectNext(3)
                .verifyComplete();
    }

    /** As with an open breaker: each that waits is refused within the end of the one before it. */
    @Test
    void runWhenManyWaitForWorkThatEndsAtOnceThenAllEndAndTheStackHolds() {
        var limit = new ConcurrencyLimit("MySQL", 1, MANY);
        Queue<Integer> ended = new ConcurrentLinkedQueue<>();
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();
        List<?> waiting = IntStream.range(0, MANY)
                .mapToObj(i -> limit.run(Mono.<Integer>error(new IllegalStateException()), UnaryOperator.identity())
                        .doOnError(e -> ended.add(i))
                        .onErrorComplete()
                        .toFuture())
                .toList();

        first.tryEmitValue(1).orThrow();

        assertThat(running.join()).isEqualTo(1);
        assertThat(waiting).hasSize(MANY);
        assertThat(ended)
                .as("in their turn")
                .containsExactlyElementsOf(IntStream.range(0, MANY).boxed().toList());
    }
}
