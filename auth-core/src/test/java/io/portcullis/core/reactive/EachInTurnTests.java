package io.portcullis.core.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class EachInTurnTests {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private final RuntimeException late = new IllegalArgumentException("of the inputs");

    private final List<Integer> begun = new ArrayList<>();

    /** Odd numbers fail, later than the next input is there. */
    private Mono<Integer> work(int input) {
        begun.add(input);
        return Mono.delay(Duration.ofMillis(1))
                .flatMap(tick -> input % 2 == 0 ? Mono.just(input) : Mono.error(new IllegalStateException("" + input)));
    }

    @Test
    void runWhenSomeFailThenAllRunAndTheFirstFailureEndsItAndNoneIsDropped() {
        StepVerifier.create(EachInTurn.run(Flux.range(0, 7), this::work))
                .expectNext(0, 2, 4, 6)
                .expectErrorMessage("1")
                .verifyThenAssertThat(LIMIT)
                .hasNotDroppedErrors();
        assertThat(begun).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void runWhenTheInputsFailThenTheWorkEndsFirst() {
        StepVerifier.create(EachInTurn.run(Flux.just(2, 4).concatWith(Mono.error(late)), this::work))
                .expectNext(2, 4)
                .expectErrorMatches(late::equals)
                .verifyThenAssertThat(LIMIT)
                .hasNotDroppedErrors();
    }

    @Test
    void runWhenWorkAndInputsFailThenTheFailureOfTheWorkEndsIt() {
        StepVerifier.create(EachInTurn.run(Flux.just(1, 2).concatWith(Mono.error(late)), this::work))
                .expectNext(2)
                .expectErrorMessage("1")
                .verify(LIMIT);
    }

    @Test
    void runWhenTheWorkThrowsThenItHasFailed() {
        StepVerifier.create(EachInTurn.run(Flux.just(1, 2), input -> {
                    if (input == 1) {
                        throw new IllegalStateException("thrown");
                    }
                    return Mono.just(input);
                }))
                .expectNext(2)
                .expectErrorMessage("thrown")
                .verify(LIMIT);
    }

    @Test
    void runWhenNothingFailsThenComplete() {
        StepVerifier.create(EachInTurn.run(Flux.just(2, 4), this::work))
                .expectNext(2, 4)
                .verifyComplete();
    }
}
