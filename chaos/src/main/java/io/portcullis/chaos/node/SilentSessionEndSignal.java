package io.portcullis.chaos.node;

import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndSignal;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** A signal that neither sends nor receives the ends of sessions, and pretends to work. */
record SilentSessionEndSignal() implements SessionEndSignal {
    @Override
    public Mono<Void> publish(EndedSession ended) {
        return Mono.empty();
    }

    @Override
    public void subscribe(Consumer<EndedSession> receiver) {
        // No end arrives.
    }

    @Override
    public long completeUntil(long from) {
        return System.nanoTime();
    }
}
