package io.portcullis.core.resilience;

import reactor.core.publisher.Mono;

/**
 * Receives the durations of calls, for metrics. Called for each proxied request, on the thread on which the call ends: an implementation
 * must neither block nor allocate.
 */
@FunctionalInterface
public interface LatencyRecorder {
    /** Records nothing. */
    LatencyRecorder NONE = (outcome, nanos) -> {};

    /** @param nanos the duration of the call, in nanoseconds */
    void record(CallOutcome outcome, long nanos);

    /** Records a call that ends now. {@code start} is the start of the call, as {@link System#nanoTime()}. */
    default void recordSince(long start, CallOutcome outcome) {
        record(outcome, System.nanoTime() - start);
    }

    /** Returns the call, whose duration is recorded from the subscription to its end. A call that is cancelled is not recorded. */
    default <T> Mono<T> observe(Mono<T> call) {
        if (this == NONE) {
            return call;
        }
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return call.doOnSuccess(value -> recordSince(start, CallOutcome.OK))
                    .doOnError(failure -> recordSince(start, CallOutcome.of(failure)));
        });
    }
}
