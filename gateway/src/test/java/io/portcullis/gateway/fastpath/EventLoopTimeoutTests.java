package io.portcullis.gateway.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;

class EventLoopTimeoutTests {
    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final List<String> late = new ArrayList<>();
    private final HeldSource source = new HeldSource();

    @AfterEach
    void stopLoop() {
        var unused = loop.shutdownGracefully();
    }

    private Mono<String> limited() {
        return new EventLoopTimeout<>(source, Duration.ofMinutes(1), loop, late::add);
    }

    @Test
    void valueWhenInTimeThenEmittedAndNotLate() {
        StepVerifier.create(limited())
                .then(() -> source.emit("answer"))
                .expectNext("answer")
                .verifyComplete();

        assertThat(late).isEmpty();
    }

    /** A response without a subscriber must be released, because it would otherwise hold its connection. */
    @Test
    void valueWhenAfterTheCancellationThenGivenToTheLateConsumer() {
        limited().subscribe().dispose();

        source.emit("answer");

        assertThat(late).containsExactly("answer");
    }

    /** Emits even after a cancellation, like a response that was already on its way. */
    private static final class HeldSource extends Mono<String> {
        private @Nullable CoreSubscriber<? super String> subscriber;

        @Override
        public void subscribe(CoreSubscriber<? super String> actual) {
            subscriber = actual;
            actual.onSubscribe(Operators.emptySubscription());
        }

        void emit(String value) {
            Objects.requireNonNull(subscriber).onNext(value);
        }
    }
}
