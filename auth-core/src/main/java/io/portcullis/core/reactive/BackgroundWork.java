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
 * Runs work that outlives its subscriber. A client that disconnects cancels its request's reactive chain, but a
 * logout or refresh that has started must finish (docs/design.md section 8). All such work of the module goes through
 * this class, except for transactions, which detach themselves.
 */
public final class BackgroundWork {
    private static final Logger log = LoggerFactory.getLogger(BackgroundWork.class);

    /** Counts for the whole JVM, because the methods are static. */
    private static final AtomicInteger IN_FLIGHT = new AtomicInteger();

    private BackgroundWork() {}

    /**
     * Returns the number of {@link #run} calls of this JVM whose work has not ended yet, including work whose
     * subscriber has cancelled.
     */
    public static int inFlight() {
        return IN_FLIGHT.get();
    }

    /**
     * Returns a Mono with the outcome of {@code work}. The work starts at subscription and then runs to its end, even
     * if the subscriber cancels. It gets the subscriber's context. An error after a cancellation is logged, because
     * no subscriber receives it.
     */
    public static <T> Mono<T> run(Mono<T> work) {
        return Mono.deferContextual(context -> start(work, context));
    }

    /**
     * Subscribes to work that has no subscriber. An error ends the work and is logged.
     *
     * @param taskName the name of the task, for the log
     * @return cancels the work when disposed
     */
    public static Disposable start(String taskName, Mono<Void> work) {
        return work.subscribe(nothing -> {}, error -> logEnd(taskName, error));
    }

    /** Only an error that is no store failure is a defect and is logged with its stack trace. */
    private static void logEnd(String taskName, Throwable error) {
        log.error(
                "Background task failed and is not restarted: {}: {}",
                taskName,
                RootCause.describe(error),
                RootCause.isStoreFailure(error) ? null : error);
    }

    private static <T> Mono<T> start(Mono<T> work, ContextView context) {
        var subscribed = new AtomicBoolean(true);
        IN_FLIGHT.incrementAndGet();
        var outcome = work.contextWrite(context)
                .doOnError(e -> {
                    if (!subscribed.get()) {
                        log.warn(
                                "Request failed after its client had disconnected: {}", RootCause.describeWithStore(e));
                    }
                })
                .doFinally(end -> IN_FLIGHT.decrementAndGet())
                .toFuture();
        return Mono.fromFuture(outcome, true).doOnCancel(() -> subscribed.set(false));
    }
}
