package io.portcullis.core.termination;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.session.SessionEndListener;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The calls of the {@link SessionEndListener} that one operation has caused. An operation that ends several sessions, in one transaction
 * or in several, waits for all calls together after its last transaction, and not for each call in turn.
 *
 * <p>The calls are in the Reactor context of the operation. Thread-safe.
 */
final class ListenerCalls {
    private static final Logger log = LoggerFactory.getLogger(ListenerCalls.class);

    /** The longest time for which all calls together may delay the result of an operation. */
    static final Duration LIMIT = Duration.ofSeconds(1);

    private final Queue<Mono<Void>> calls = new ConcurrentLinkedQueue<>();

    private ListenerCalls() {}

    /**
     * Returns the operation, whose result is emitted after its calls have ended, or after {@link #LIMIT}. A call that takes longer
     * continues. An operation within another operation does not wait; the outer one does. An error is emitted at once.
     */
    static <T> Mono<T> awaitedAfter(Mono<T> operation) {
        return Mono.deferContextual(
                context -> context.hasKey(ListenerCalls.class) ? operation : new ListenerCalls().delay(operation));
    }

    private <T> Mono<T> delay(Mono<T> operation) {
        return operation
                .contextWrite(context -> context.put(ListenerCalls.class, this))
                .delayUntil(result -> ended())
                .switchIfEmpty(Mono.defer(() -> ended().then(Mono.empty())));
    }

    private Mono<Void> ended() {
        return Flux.fromIterable(calls).flatMap(call -> call).then().timeout(LIMIT, Mono.empty());
    }

    /**
     * Starts the call, and completes at once. An error of the call is logged. Without an operation in the context, nothing waits for the
     * call.
     */
    static Mono<Void> start(Mono<Void> call) {
        return Mono.deferContextual(context -> {
            Sinks.Empty<Void> end = Sinks.empty();
            context.<ListenerCalls>getOrEmpty(ListenerCalls.class).ifPresent(calls -> calls.calls.add(end.asMono()));
            var unused = BackgroundWork.start(
                    "Listener of ended sessions",
                    call.onErrorResume(ListenerCalls::logged).doFinally(signal -> end.tryEmitEmpty()));
            return Mono.empty();
        });
    }

    private static Mono<Void> logged(Throwable failure) {
        log.warn("A listener of ended sessions failed: {}", RootCause.describe(failure));
        return Mono.empty();
    }
}
