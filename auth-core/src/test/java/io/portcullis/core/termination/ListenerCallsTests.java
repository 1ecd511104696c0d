package io.portcullis.core.termination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ListenerCallsTests {
    private static Mono<String> operation(int ends, Mono<Void> call) {
        return Flux.range(0, ends)
                .concatMap(i -> ListenerCalls.awaitedAfter(ListenerCalls.start(call)))
                .then(Mono.just("result"));
    }

    @Test
    void awaitedAfterWhenTheCallsHangThenAllTogetherDelayTheResultByOneSecond() {
        StepVerifier.withVirtualTime(() -> ListenerCalls.awaitedAfter(operation(20, Mono.never())))
                .expectSubscription()
                .expectNoEvent(ListenerCalls.LIMIT.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("result")
                .verifyComplete();
    }

    @Test
    void awaitedAfterWhenTheLastCallEndsThenTheResultIsEmitted() {
        Sinks.Empty<Void> end = Sinks.empty();
        AtomicInteger started = new AtomicInteger();
        Mono<Void> call = end.asMono().doOnSubscribe(subscription -> started.incrementAndGet());

        StepVerifier.withVirtualTime(() -> ListenerCalls.awaitedAfter(operation(3, call)))
                .expectSubscription()
                .then(() ->
                        assertThat(started).as("all calls run at the same time").hasValue(3))
                .expectNoEvent(Duration.ofMillis(500))
                .then(() -> end.tryEmitEmpty().orThrow())
                .expectNext("result")
                .verifyComplete();
    }

    @Test
    void awaitedAfterWhenTheOperationIsEmptyThenWaitsToo() {
        StepVerifier.withVirtualTime(() -> ListenerCalls.awaitedAfter(ListenerCalls.start(Mono.never())))
                .expectSubscription()
                .expectNoEvent(ListenerCalls.LIMIT.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .verifyComplete();
    }

    @Test
    void awaitedAfterWhenACallFailsThenTheResultIsEmitted() {
        StepVerifier.create(ListenerCalls.awaitedAfter(operation(1, Mono.error(new IllegalStateException("listener")))))
                .expectNext("result")
                .verifyComplete();
    }

    @Test
    void startWhenWithoutAnOperationThenCompletesAtOnce() {
        StepVerifier.create(ListenerCalls.start(Mono.never())).verifyComplete();
    }
}
