package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.core.session.EndReason;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class StreamedBodyTests {
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
    void closeAllWhenTheBodyIsThatOfAStreamThenItIsFinished() {
        var finished = new AtomicInteger();
        var body = StreamedBody.begin(streams, SESSION, client, finished::incrementAndGet, Assertions::fail);
        assertThat(streams.sessions()).containsKey("session");

        streams.closeAll(CloseStatus.GOING_AWAY);
        client.runPendingTasks();

        assertThat(finished).hasValue(1);
        assertThat(client.isOpen()).isTrue();
        body.end();
        assertThat(streams.count()).isZero();
    }

    @Test
    void closeWhenTheStreamHasEndedThenTheConnectionStaysOpen() {
        var body = StreamedBody.begin(streams, SESSION, client, Assertions::fail, Assertions::fail);
        streams.close("session", LOGOUT);

        body.end();
        body.end();
        client.runPendingTasks();

        assertThat(client.isOpen()).isTrue();
        assertThat(streams.count()).isZero();
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
