package io.portcullis.core.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import reactor.core.publisher.Mono;

/**
 * A circuit breaker: gives up on a store that fails or is slow, so that callers are refused at once instead of after a timeout
 * each. Only {@code UNAVAILABLE} and errors that are no {@link PortcullisException} count as failures; a refusal is an answer.
 */
public final class StoreBreaker {
    private final String store;
    private final CircuitBreaker breaker;
    private final long slowNanos;
    private final LongUnaryOperator stallTime;
    /**
     * How many quick answers must still be recorded until the window holds nothing else. From then on one more changes nothing and is
     * not recorded, which spares each call the copy of the window's sums that the breaker would make. More than the window holds, for
     * those that are recorded at the same time as a failure.
     */
    private final AtomicInteger recordsLeft;

    private final int recordsAfterFailure;

    /** @param store what the refusal names */
    public StoreBreaker(String store, BreakerSettings settings) {
        this(store, settings, start -> 0);
    }

    /**
     * @param store what the refusal names
     * @param stallTime how much of the time since then, in {@link System#nanoTime()}, the calling thread could not have read an answer, in
     *     nanoseconds: that does not make an answer slow. Asked only about those that seem to be
     */
    public StoreBreaker(String store, BreakerSettings settings, LongUnaryOperator stallTime) {
        this.store = store;
        this.stallTime = stallTime;
        this.breaker = CircuitBreaker.of(store, config(settings));
        this.slowNanos = settings.slowCall().toNanos();
        this.recordsAfterFailure = 2 * settings.window();
        this.recordsLeft = new AtomicInteger(recordsAfterFailure);
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

    /** Takes an admission back whose call was never made, so that while the breaker is half open another may be the probe. */
    public void withdraw() {
        breaker.releasePermission();
    }

    /** The call, run and counted whether the breaker is open or not. */
    public <T> Mono<T> observe(Mono<T> call) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return call.doOnSuccess(value -> answered(start)).doOnError(error -> failed(start, error));
        });
    }

    /**
     * Counts a call that was answered now.
     *
     * @param start of the call, in {@link System#nanoTime()}
     */
    public void answered(long start) {
        long duration = duration(start);
        if (duration > slowNanos || breaker.getState() != CircuitBreaker.State.CLOSED) {
            breaker.onSuccess(duration, TimeUnit.NANOSECONDS);
            // After it is recorded: else it might outlast the quick ones that should displace it.
            recordsLeft.set(recordsAfterFailure);
        } else if (recordsLeft.get() > 0) {
            breaker.onSuccess(duration, TimeUnit.NANOSECONDS);
            recordsLeft.decrementAndGet();
        }
    }

    /** Whether an answer that came now would count as slow. */
    public boolean slow(long start) {
        return duration(start) > slowNanos;
    }

    private long duration(long start) {
        long nanos = System.nanoTime() - start;
        return nanos > slowNanos ? nanos - stallTime.applyAsLong(start) : nanos;
    }

    /** Counts a call that failed now; as {@link #answered}. */
    public void failed(long start, Throwable failure) {
        breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
        recordsLeft.set(recordsAfterFailure);
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
        recordsLeft.set(recordsAfterFailure);
    }
}
