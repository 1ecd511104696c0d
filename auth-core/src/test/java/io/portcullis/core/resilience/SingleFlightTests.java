package io.portcullis.core.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class SingleFlightTests {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final SingleFlight<String> flights = new SingleFlight<>();
    private final Sinks.One<String> first = Sinks.one();
    private final AtomicInteger begun = new AtomicInteger();
    private final Mono<String> work = Mono.fromSupplier(() -> "answer " + begun.incrementAndGet());

    /** Starts a flight and joins the key again; the verified call is the successor of the running flight. */
    private StepVerifier.FirstStep<String> waiting() {
        var running = flights.join("k", first.asMono()).toFuture();
        assertThat(running).isNotDone();
        return StepVerifier.create(flights.join("k", work));
    }

    private void fail(Throwable failure) {
        first.tryEmitError(failure).orThrow();
    }

    private static PortcullisException unavailable() {
        return PortcullisException.storeUnavailable("MySQL", null);
    }

    @Test
    void joinWhenThePredecessorIsUnavailableThenTheSameAtOnce() {
        PortcullisException failure = unavailable();

        waiting()
                .then(() -> fail(failure))
                .expectErrorSatisfies(e -> assertThat(e).isSameAs(failure))
                .verify(LIMIT);
        assertThat(begun).hasValue(0);
    }

    @Test
    void joinWhenThePredecessorTimesOutThenNobodyWaitsLonger() {
        StepVerifier.withVirtualTime(() -> {
                    Mono<String> silent =
                            Mono.<String>never().timeout(Duration.ofMillis(150), Mono.error(unavailable()));
                    return Mono.when(
                            flights.join("k", silent).onErrorComplete(),
                            flights.join("k", silent).onErrorComplete(),
                            flights.join("k", silent).onErrorComplete());
                })
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(149))
                .thenAwait(Duration.ofMillis(1))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void joinWhenThePredecessorIsRefusedThenAsksAnew() {
        waiting()
                .then(() -> fail(PortcullisException.of(ErrorCode.ACCESS_TOKEN_INVALID)))
                .expectNext("answer 1")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void joinWhenThePredecessorAnswersThenAsksAnew() {
        waiting()
                .then(() -> first.tryEmitValue("before").orThrow())
                .expectNext("answer 1")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void joinWhenUnavailableBeforeThenAsksAnew() {
        waiting().then(() -> fail(unavailable())).expectError().verify(LIMIT);

        StepVerifier.create(flights.join("k", work))
                .expectNext("answer 1")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void joinWhenALaneIsBusyThenAnotherKeyWaits() {
        var running =
                flights.join("lane", "a", Function.identity(), first.asMono()).toFuture();
        var second = flights.join("lane", "b", Function.identity(), work).toFuture();
        var third = flights.join("lane", "b", Function.identity(), work).toFuture();
        var elsewhere = flights.join("other", "b", Function.identity(), Mono.just("at once"));

        StepVerifier.create(elsewhere).expectNext("at once").expectComplete().verify(LIMIT);
        assertThat(begun).hasValue(0);
        first.tryEmitValue("before").orThrow();

        assertThat(List.of(running.join(), second.join(), third.join()))
                .containsExactly("before", "answer 1", "answer 1");
    }

    /** Each flight ends the one behind it. A stack does not have room for thousands of them. */
    @Test
    void joinWhenThousandsWaitAndTheFirstIsUnavailableThenAllEndAndTheLaneIsFree() {
        var running = flights.join("lane", "first", Function.identity(), first.asMono());
        var waiting = Flux.range(0, 5_000)
                .flatMap(
                        i -> flights.join("lane", "key " + i, Function.identity(), work)
                                .onErrorResume(
                                        PortcullisException.class,
                                        e -> Mono.just(e.code().name())),
                        Integer.MAX_VALUE);

        StepVerifier.create(
                        running.onErrorComplete().thenMany(Flux.<String>empty()).mergeWith(waiting))
                .then(() -> fail(unavailable()))
                .thenConsumeWhile("UNAVAILABLE"::equals)
                .expectComplete()
                .verify(Duration.ofSeconds(60));

        assertThat(flights.join("lane", "next", Function.identity(), work).block(LIMIT))
                .isEqualTo("answer 1");
    }

    @Test
    void joinWhenTheStartIsDelayedThenFurtherCallersShareIt() {
        Sinks.Empty<Void> permit = Sinks.empty();
        Function<Mono<String>, Mono<String>> admission =
                start -> permit.asMono().then(start);
        var early = flights.join("lane", "k", admission, work).toFuture();
        var late = flights.join("lane", "k", admission, work).toFuture();
        permit.tryEmitEmpty().orThrow();

        assertThat(List.of(early.join(), late.join())).containsExactly("answer 1", "answer 1");
        StepVerifier.create(flights.join("lane", "k", admission, work))
                .expectNext("answer 2")
                .expectComplete()
                .verify(LIMIT);
    }
}
