package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class OpenStreamsTests {
    private final OpenStreams streams = new OpenStreams();

    private Flux<String> endless() {
        return streams.track(
                "session", close -> Flux.just("a").concatWith(Mono.never()).takeUntilOther(close));
    }

    @Test
    void trackWhenTheStreamEndsOrFailsOrItsSubscriberGoesThenListedNoMore() {
        StepVerifier.create(streams.track(null, close -> Flux.just(1, 2)))
                .expectNext(1, 2)
                .verifyComplete();
        StepVerifier.create(streams.track(null, close -> Flux.error(new IllegalStateException())))
                .verifyError(IllegalStateException.class);
        StepVerifier.create(endless())
                .expectNext("a")
                .then(() -> assertThat(streams.count()).isEqualTo(1))
                .thenCancel()
                .verify();

        assertThat(streams.count()).isZero();
    }

    @Test
    void closeAllWhenStreamsAreOpenThenEachIsToldTheStatus() {
        var told = streams.track("session", close -> close);
        StepVerifier.create(told.zipWith(endless().then(Mono.just("ended"))))
                .then(() -> assertThat(streams.count()).isEqualTo(2))
                .then(() -> streams.closeAll(CloseStatus.GOING_AWAY))
                .assertNext(both -> assertThat(both.getT1()).isEqualTo(CloseStatus.GOING_AWAY))
                .verifyComplete();

        assertThat(streams.count()).isZero();
    }

    @Test
    void trackWhenClosedBeforeThenToldAtOnce() {
        streams.closeAll(CloseStatus.GOING_AWAY);

        StepVerifier.create(streams.track("session", close -> close))
                .expectNext(CloseStatus.GOING_AWAY)
                .verifyComplete();
    }
}
