package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import java.time.Duration;
import java.util.Objects;
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
        var told = streams.track("session", close -> close.map(StreamClose::status));
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

        StepVerifier.create(streams.track("session", close -> close.map(StreamClose::status)))
                .expectNext(CloseStatus.GOING_AWAY)
                .verifyComplete();
    }

    @Test
    void closeWhenTheSessionEndsThenItsStreamsAloneAreTold() {
        var own = streams.track("session", close -> close.map(StreamClose::status));
        var other = streams.track("other", close -> close);
        var anonymous = streams.track(null, close -> close);
        var others = Flux.merge(other, anonymous).subscribe();

        StepVerifier.create(own)
                .then(() -> assertThat(streams.close("session", StreamClose.of(EndReason.KICKED)))
                        .hasSize(1))
                .expectNext(CloseStatus.POLICY_VIOLATION.withReason("1002000021"))
                .verifyComplete();

        assertThat(streams.count()).isEqualTo(2);
        assertThat(streams.sessions()).containsOnlyKeys("other");
        others.dispose();
        assertThat(streams.sessions()).isEmpty();
    }

    @Test
    void trackWhenTheSessionWasClosedBeforeThenItIsLookedUp() {
        var first = streams.track("session", close -> close).subscribe();
        SessionStreams known = Objects.requireNonNull(streams.sessions().get("session"));
        known.lasts(Duration.ofDays(1));
        assertThat(known.needsLookUp(System.nanoTime())).isFalse();
        assertThat(streams.close("session", StreamClose.of(EndReason.LOGOUT))).hasSize(1);

        var second = streams.track("session", close -> close).subscribe();

        assertThat(streams.sessions().get("session"))
                .matches(session -> session.needsLookUp(System.nanoTime()), "needs a look-up");
        first.dispose();
        second.dispose();
    }
}
