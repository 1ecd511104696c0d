package io.portcullis.core.reactive;

import io.portcullis.core.error.RootCause;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The one place for work that outlives its subscriber: a client that hangs up cancels the chain of its request, and a logout or
 * refresh that has begun must finish all the same (docs/design.md section 8).
 */
public final class Uncancellable {
    private static final Logger log = LoggerFactory.getLogger(Uncancellable.class);

    /** Of the JVM, as all here is. */
    private static final AtomicInteger IN_FLIGHT = new AtomicInteger();

    private Uncancellable() {}

    /** How much shielded work of this JVM has not ended yet, with or without somebody who waits for it. */
    public static int inFlight() {
        return IN_FLIGHT.get();
    }

    /**
     * The same outcome as {@code work}, which begins at subscription and from then on runs to its end, whether or not the
     * subscriber stays. The subscriber's context is handed on. An error that nobody waits for any more is logged.
     */
    public static <T> Mono<T> run(Mono<T> work) {
        return Mono.deferContextual(context -> start(work, context));
    }

    /** Runs in the background what nobody waits for; dispose of it to cancel. An error ends it and is logged. */
    public static Disposable startInBackground(String what, Mono<Void> work) {
        return work.subscribe(nothing -> {}, error -> logEnd(what, error));
    }

    /** A defect comes with its stack trace. */
    private static void logEnd(String what, Throwable error) {
        log.error(
                "{} has ended and is not restarted: {}",
                what,
                RootCause.describe(error),
                RootCause.isStoreFailure(error) ? null : error);
    }

    private static <T> Mono<T> start(Mono<T> work, ContextView context) {
        var waiting = new AtomicBoolean(true);
        IN_FLIGHT.incrementAndGet();
        var outcome = work.contextWrite(context)
                .doOnError(e -> {
                    if (!waiting.get()) {
                        log.warn("Work whose client has gone failed: {}", RootCause.describeWithStore(e));
                    }
                })
                .doFinally(end -> IN_FLIGHT.decrementAndGet())
                .toFuture();
        return Mono.fromFuture(outcome, true).doOnCancel(() -> waiting.set(false));
    }
}
