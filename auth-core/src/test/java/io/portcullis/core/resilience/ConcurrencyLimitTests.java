package io.portcullis.core.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ConcurrencyLimitTests {
    private static final int MANY = 20_000;

    private final Sinks.One<Integer> first = Sinks.one();
    private final AtomicInteger refusals = new AtomicInteger();

    private ConcurrencyLimit limit(int maxRunning, int maxWaiting) {
        return new ConcurrencyLimit("MySQL", maxRunning, maxWaiting, refusals::incrementAndGet);
    }

    @Test
    void runWhenFullThenWaitsForOneToEnd() {
        var limit = limit(1, 1);
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();
        var waiting = limit.run(Mono.just(2), UnaryOperator.identity()).toFuture();
        assertThat(waiting).isNotDone();

        first.tryEmitValue(1).orThrow();

        assertThat(running.join()).isEqualTo(1);
        assertThat(waiting.join()).isEqualTo(2);
    }

    @Test
    void runWhenTooManyWaitThenRefusedAtOnce() {
        var limit = limit(1, 0);
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
    void runWhenItHasWaitedTooLongThenRefusedWhenItsTurnComesAndTheNextRuns() {
        AtomicLong time = new AtomicLong();
        var limit = ConcurrencyLimit.ofStore("MySQL", 1, 3, Duration.ofSeconds(1), time::get);
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();
        var late = limit.run(Mono.just(2), UnaryOperator.identity()).toFuture();
        var alsoLate = limit.run(Mono.just(3), UnaryOperator.identity()).toFuture();
        time.addAndGet(Duration.ofSeconds(1).toNanos());
        var waiting = limit.run(Mono.just(4), UnaryOperator.identity()).toFuture();
        assertThat(late).isNotDone();

        first.tryEmitValue(1).orThrow();

        assertThat(running.join()).isEqualTo(1);
        assertThat(late).isCompletedExceptionally();
        assertThat(alsoLate).isCompletedExceptionally();
        assertThat(waiting).isCompletedWithValue(4);
        assertThat(limit.run(Mono.just(5), UnaryOperator.identity()).toFuture()).isCompletedWithValue(5);
    }

    @Test
    void runWhenTheCallerGivesUpThenTheTurnLastsUntilTheWorkEnds() {
        var limit = limit(1, 1);
        Sinks.Empty<Integer> patience = Sinks.empty();
        var running =
                limit.run(first.asMono(), work -> work.or(patience.asMono())).toFuture();
        patience.tryEmitError(new TimeoutException()).orThrow();
        assertThat(running).isCompletedExceptionally();

        assertThat(limit.run(Mono.just(2), UnaryOperator.identity()).toFuture()).isCompletedExceptionally();

        first.tryEmitValue(1).orThrow();
        assertThat(limit.run(Mono.just(3), UnaryOperator.identity()).toFuture()).isCompletedWithValue(3);
    }

    @Test
    void runWhenTheCallersOfAllThatRunsGiveUpThenThoseWhoWaitAreRefused() {
        var limit = limit(2, 2);
        Sinks.Empty<Integer> firstPatience = Sinks.empty();
        Sinks.Empty<Integer> secondPatience = Sinks.empty();
        var running = limit.run(first.asMono(), work -> work.or(firstPatience.asMono()))
                .toFuture();
        var hanging = limit.run(Mono.<Integer>never(), work -> work.or(secondPatience.asMono()))
                .toFuture();
        var waiting = limit.run(Mono.just(3), UnaryOperator.identity()).toFuture();

        firstPatience.tryEmitError(new TimeoutException()).orThrow();
        assertThat(waiting).as("one may still end in time").isNotDone();
        secondPatience.tryEmitError(new TimeoutException()).orThrow();
        assertThat(waiting).isCompletedExceptionally();
        assertThat(refusals).hasValue(1);
        assertThat(running).isCompletedExceptionally();
        assertThat(hanging).isCompletedExceptionally();

        first.tryEmitValue(1).orThrow();
        assertThat(limit.run(Mono.just(4), UnaryOperator.identity()).toFuture()).isCompletedWithValue(4);
    }

    @Test
    void runWhenWorkFailsThenThatIsNoGivingUp() {
        var limit = limit(1, 1);
        var running = limit.run(first.asMono(), UnaryOperator.identity()).toFuture();
        var waiting = limit.run(Mono.just(2), UnaryOperator.identity()).toFuture();

        first.tryEmitError(new IllegalStateException()).orThrow();

        assertThat(running).isCompletedExceptionally();
        assertThat(waiting).isCompletedWithValue(2);
        assertThat(refusals).hasValue(0);
    }

    @Test
    void refuseWaitingThenThoseWhoWaitAreRefusedAndTheRestGoesOn() {
        var limit = limit(1, 1);
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

    /**
     * Represents calls that fail at once, as with an open breaker: each waiting call ends within the end of the one
     * before it.
     */
    @Test
    void runWhenManyWaitForWorkThatEndsAtOnceThenAllEndAndTheStackHolds() {
        var limit = limit(1, MANY);
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
