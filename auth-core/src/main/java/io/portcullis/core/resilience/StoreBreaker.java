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
 * A circuit breaker for a store. It opens when the store fails or is slow, and then refuses calls at once instead of
 * letting each run into its timeout. {@code UNAVAILABLE} and every error that is no {@link PortcullisException} count
 * as failures; any other {@code PortcullisException} is a regular response.
 */
public final class StoreBreaker {
    private final String store;
    private final CircuitBreaker breaker;
    private final long slowNanos;
    private final LongUnaryOperator stallTime;
    /**
     * The number of fast calls that must still be recorded until the window contains nothing but fast calls. From
     * then on another fast call would not change the window, so it is not recorded, which saves the copy of the
     * window's sums that the breaker makes for each record. The start value exceeds the window, because some fast
     * calls may be recorded concurrently with a failure and be displaced by it.
     */
    private final AtomicInteger pendingRecords;

    private final int recordsAfterFailure;

    /**
     * Creates a closed breaker.
     *
     * @param store the name of the store in the refusal
     */
    public StoreBreaker(String store, BreakerSettings settings) {
        this(store, settings, start -> 0);
    }

    /**
     * Creates a closed breaker that does not count event loop stalls as slow responses.
     *
     * @param store the name of the store in the refusal
     * @param stallTime returns the time since a given {@link System#nanoTime()}, in nanoseconds, during which the
     *     calling thread was stalled and could not read a response. The breaker subtracts it from the duration of a
     *     call that seems slow
     */
    public StoreBreaker(String store, BreakerSettings settings, LongUnaryOperator stallTime) {
        this.store = store;
        this.stallTime = stallTime;
        this.breaker = CircuitBreaker.of(store, config(settings));
        this.slowNanos = settings.slowCall().toNanos();
        this.recordsAfterFailure = 2 * settings.window();
        this.pendingRecords = new AtomicInteger(recordsAfterFailure);
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
                        // The other strategy takes a lock, which could park an event loop (invariant I7).
                        CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE)
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                // Without this limit a probe that never completes would leave the breaker half-open for ever.
                .maxWaitDurationInHalfOpenState(settings.openFor())
                .recordException(StoreBreaker::isFailure)
                .writableStackTraceEnabled(false)
                .build();
    }

    private static boolean isFailure(Throwable error) {
        return !(error instanceof PortcullisException refusal) || refusal.code() == ErrorCode.UNAVAILABLE;
    }

    /**
     * Returns the call, or {@code UNAVAILABLE} while the breaker is open. The call must report its outcome through
     * {@link #observe}, {@link #recordSuccess} or {@link #recordFailure}, or return the permission with {@link #releasePermission}.
     */
    public <T> Mono<T> admit(Mono<T> call) {
        return Mono.defer(() ->
                breaker.tryAcquirePermission() ? call : Mono.error(PortcullisException.storeUnavailable(store, null)));
    }

    /**
     * Returns the permission of a call that was admitted but not made, so that another call can be the probe of the
     * half-open breaker.
     */
    public void releasePermission() {
        breaker.releasePermission();
    }

    /** Returns the call, which is made and recorded whatever the state of the breaker. */
    public <T> Mono<T> observe(Mono<T> call) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return call.doOnSuccess(value -> recordSuccess(start)).doOnError(error -> recordFailure(start, error));
        });
    }

    /**
     * Records a successful call that ends now.
     *
     * @param start the start of the call, as {@link System#nanoTime()}
     */
    public void recordSuccess(long start) {
        long duration = duration(start);
        if (duration > slowNanos || breaker.getState() != CircuitBreaker.State.CLOSED) {
            breaker.onSuccess(duration, TimeUnit.NANOSECONDS);
            // The counter is reset after the record. Otherwise the slow call could be recorded after the fast ones
            // that must displace it.
            pendingRecords.set(recordsAfterFailure);
        } else if (pendingRecords.get() > 0) {
            breaker.onSuccess(duration, TimeUnit.NANOSECONDS);
            pendingRecords.decrementAndGet();
        }
    }

    /** Returns whether a call with this start would count as slow if it ended now. */
    public boolean isSlow(long start) {
        return duration(start) > slowNanos;
    }

    private long duration(long start) {
        long nanos = System.nanoTime() - start;
        return nanos > slowNanos ? nanos - stallTime.applyAsLong(start) : nanos;
    }

    /** Records a failed call that ends now. {@code start} as in {@link #recordSuccess}. */
    public void recordFailure(long start, Throwable failure) {
        breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
        pendingRecords.set(recordsAfterFailure);
    }

    /** Registers an action that runs each time the breaker opens, on the thread of the call that opened it. */
    public void onOpen(Runnable action) {
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                action.run();
            }
        });
    }

    /** Closes the breaker and discards all recorded calls. */
    public void reset() {
        breaker.reset();
        pendingRecords.set(recordsAfterFailure);
    }
}
