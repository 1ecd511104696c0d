package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class OpenStreamsTests {
    private static final Admission SESSION = admission("session");
    private static final StreamClose LOGOUT = StreamClose.of(EndReason.LOGOUT);

    private final OpenStreams streams = new OpenStreams();

    private static Admission admission(@Nullable String sessionId) {
        return new Admission(sessionId, System.nanoTime());
    }

    private Flux<String> endless() {
        return streams.track(
                SESSION, close -> Flux.just("a").concatWith(Mono.never()).takeUntilOther(close));
    }

    @Test
    void trackWhenTheStreamEndsOrFailsOrItsSubscriberGoesThenListedNoMore() {
        StepVerifier.create(streams.track(admission(null), close -> Flux.just(1, 2)))
                .expectNext(1, 2)
                .verifyComplete();
        StepVerifier.create(streams.track(admission(null), close -> Flux.error(new IllegalStateException())))
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
        var told = streams.track(SESSION, close -> close.map(StreamClose::status));
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

        StepVerifier.create(streams.track(SESSION, close -> close.map(StreamClose::status)))
                .expectNext(CloseStatus.GOING_AWAY)
                .verifyComplete();
    }

    @Test
    void closeWhenTheSessionEndsThenItsStreamsAloneAreTold() {
        var own = streams.track(SESSION, close -> close.map(StreamClose::status));
        var other = streams.track(admission("other"), close -> close);
        var anonymous = streams.track(admission(null), close -> close);
        var others = Flux.merge(other, anonymous).subscribe();

        StepVerifier.create(own)
                .then(() -> assertThat(streams.close("session", StreamClose.of(EndReason.KICKED))
                                .started())
                        .isEqualTo(1))
                .expectNext(CloseStatus.POLICY_VIOLATION.withReason("1002000021"))
                .verifyComplete();

        assertThat(streams.count()).isEqualTo(2);
        assertThat(streams.sessions()).containsOnlyKeys("other");
        others.dispose();
        assertThat(streams.sessions()).isEmpty();
    }

    @Test
    void trackWhenTheSessionWasClosedBeforeThenItIsLookedUp() {
        var first = streams.track(SESSION, close -> close).subscribe();
        streamsOfSession().lasts(Duration.ofDays(1), System.nanoTime());
        assertThat(streamsOfSession().lookUpAt()).isGreaterThan(System.nanoTime());
        assertThat(streams.close("session", LOGOUT).started()).isEqualTo(1);

        var second = streams.track(SESSION, close -> close).subscribe();

        assertThat(streamsOfSession().lookUpAt()).isLessThanOrEqualTo(System.nanoTime());
        first.dispose();
        second.dispose();
    }

    private SessionStreams streamsOfSession() {
        return Objects.requireNonNull(streams.sessions().get("session"));
    }

    @Test
    void closeWhenAnEarlierCloseHasNotEndedThenBothWaitForTheSameStreams() {
        var slow = streams.track(SESSION, close -> Flux.never()).subscribe();
        var first = streams.close("session", LOGOUT);

        var second = streams.close("session", LOGOUT);

        assertThat(first.started()).isEqualTo(1);
        assertThat(second.started()).isZero();
        assertThat(second.streams()).hasSize(1).isEqualTo(first.streams());
        StepVerifier.create(second.ended())
                .expectSubscription()
                .then(() -> assertThat(streams.count()).isEqualTo(1))
                .then(slow::dispose)
                .verifyComplete();
        assertThat(streams.sessions()).isEmpty();
    }

    @Test
    void trackWhenRegisteredThenTheListenerIsCalledWithTheSessionAfterwards() {
        List<String> registered = new ArrayList<>();
        streams.onRegistration(session -> {
            if (streams.close(session, LOGOUT).started() == 1) {
                registered.add(session);
            }
        });

        StepVerifier.create(streams.track(SESSION, close -> close.map(StreamClose::status)))
                .expectNext(LOGOUT.status())
                .verifyComplete();

        assertThat(registered).containsExactly("session");
    }
}
