package io.portcullis.core.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * A circuit breaker: gives up on a store that fails or is slow, so that callers are refused at once instead of after a timeout
 * each. Only {@code UNAVAILABLE} and errors that are no {@link PortcullisException} count as failures; a refusal is an answer.
 */
public final class StoreBreaker {
    private final String store;
    private final CircuitBreaker breaker;

    /** @param store what the refusal names */
    public StoreBreaker(String store, BreakerSettings settings) {
        this.store = store;
        this.breaker = CircuitBreaker.of(store, config(settings));
    }

    private static CircuitBreakerConfig config(BreakerSettings settings) {
        return CircuitBreakerConfig.custom()
                .failureRateThreshold(settings.failureRatePercent())
                .slowCallRateThreshold(settings.failureRatePercent())
                .slowCallDurationThreshold(settings.slowCall())
                .slidingWindow(
                        settings.window(),
                        settings.minimumCalls(),
                        CircuitBreakerConfig.SlidingWindowType.COUNT_BASED,
                        // The other strategy takes a lock, on which an event loop could park (invariant I7).
                        CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE)
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                // A probe that never comes back must not leave the breaker half open for ever.
                .maxWaitDurationInHalfOpenState(settings.openFor())
                .recordException(StoreBreaker::failure)
                .writableStackTraceEnabled(false)
                .build();
    }

    private static boolean failure(Throwable error) {
        return !(error instanceof PortcullisException refusal) || refusal.code() == ErrorCode.UNAVAILABLE;
    }

    /** The call, which counts itself with {@link #observe}; while the breaker is open {@code UNAVAILABLE} instead. */
    public <T> Mono<T> admit(Mono<T> call) {
        return Mono.defer(() ->
                breaker.tryAcquirePermission() ? call : Mono.error(PortcullisException.storeUnavailable(store, null)));
    }

    /** The call, run and counted whether the breaker is open or not. */
    public <T> Mono<T> observe(Mono<T> call) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return call.doOnSuccess(value -> breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS))
                    .doOnError(error -> breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, error));
        });
    }

    /** Runs the action each time the breaker opens, on the thread of the call that made it open. */
    public void onOpen(Runnable action) {
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                action.run();
            }
        });
    }

    /** Closes it and forgets all calls. */
    public void reset() {
        breaker.reset();
    }
}
