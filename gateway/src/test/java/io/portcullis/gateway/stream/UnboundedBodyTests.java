package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.core.session.EndReason;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class UnboundedBodyTests {
    private static final StreamClose LOGOUT = StreamClose.of(EndReason.LOGOUT);

    private static final Admission SESSION = new Admission("session", System.nanoTime());

    private final OpenStreams streams = new OpenStreams();
    private final EmbeddedChannel client = new EmbeddedChannel();

    @Test
    void trackUnboundedWhenTheBodyIsCompleteAtOnceThenIsNeverRegistered() {
        StepVerifier.create(streams.trackUnbounded(SESSION, Flux.just("{}"), client))
                .expectNext("{}")
                .verifyComplete();

        client.runPendingTasks();
        assertThat(streams.count()).isZero();
        assertThat(streams.sessions()).isEmpty();
    }

    @Test
    void trackUnboundedWhenTheBodyLastsThenIsRegisteredUntilItEnds() {
        Sinks.Many<String> body = Sinks.many().unicast().onBackpressureBuffer();
        StepVerifier.create(streams.trackUnbounded(SESSION, body.asFlux(), client))
                .then(client::runPendingTasks)
                .then(() -> assertThat(streams.sessions()).containsKey("session"))
                .then(() -> body.tryEmitComplete().orThrow())
                .verifyComplete();

        assertThat(streams.count()).isZero();
        assertThat(streams.sessions()).isEmpty();
    }

    @Test
    void closeWhenTheSessionEndsThenTheConnectionIsClosedAndEndedFollowsTheBody() {
        var subscription = streams.trackUnbounded(SESSION, Flux.never(), client).subscribe();
        client.runPendingTasks();

        var closing = streams.close("session", LOGOUT);
        client.runPendingTasks();

        assertThat(client.isOpen()).isFalse();
        assertThat(closing.started()).isEqualTo(1);
        StepVerifier.create(closing.ended()).then(subscription::dispose).verifyComplete();
    }

    /** The next request on the connection may be that of another caller. */
    @Test
    void closeWhenTheBodyEndsBeforeTheLoopClosesThenTheConnectionStaysOpen() {
        Sinks.Many<String> body = Sinks.many().unicast().onBackpressureBuffer();
        StepVerifier.create(streams.trackUnbounded(SESSION, body.asFlux(), client))
                .then(client::runPendingTasks)
                .then(() ->
                        assertThat(streams.close("session", LOGOUT).started()).isEqualTo(1))
                .then(() -> body.tryEmitComplete().orThrow())
                .verifyComplete();

        client.runPendingTasks();

        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void closeAllWhenTheNodeStopsThenTheBodyMayEndByItself() {
        var subscription = streams.trackUnbounded(SESSION, Flux.never(), client).subscribe();
        client.runPendingTasks();

        streams.closeAll(CloseStatus.GOING_AWAY);

        assertThat(client.isOpen()).isTrue();
        subscription.dispose();
    }

    @Test
    void trackUnboundedWhenAnonymousThenIsNeverRegistered() {
        var subscription = streams.trackUnbounded(new Admission(null, System.nanoTime()), Flux.never(), client)
                .subscribe();
        client.runPendingTasks();

        assertThat(streams.count()).isZero();
        subscription.dispose();
    }
}
