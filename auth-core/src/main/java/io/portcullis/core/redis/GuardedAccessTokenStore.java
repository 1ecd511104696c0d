package io.portcullis.core.redis;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.AccessTokenEntry;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RevocationReason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Gives up on a store that fails or is slow, so that checks go to MySQL at once instead of after a timeout each (design
 * section 5, step 5). While open every call fails with {@code UNAVAILABLE}; then a few probes decide.
 *
 * <p>A {@code revoke} fails as fast as the rest: under the policy {@code reject} a logout must be refused then, and under
 * {@code queue} the ledger repairs Redis later. A call that the breaker refused has certainly not run.
 */
public final class GuardedAccessTokenStore implements AccessTokenStore {
    private static final Logger log = LoggerFactory.getLogger(GuardedAccessTokenStore.class);

    private final AccessTokenStore store;
    private final CircuitBreaker breaker;
    private final AtomicBoolean open = new AtomicBoolean();

    public GuardedAccessTokenStore(AccessTokenStore store, BreakerSettings settings) {
        this.store = store;
        this.breaker = CircuitBreaker.of("redis", config(settings));
        breaker.getEventPublisher()
                .onStateTransition(event -> report(event.getStateTransition().getToState()));
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
                .writableStackTraceEnabled(false)
                .build();
    }

    @Override
    public Mono<AccessTokenEntry> find(String digest) {
        return guard(Mono.defer(() -> store.find(digest)));
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return guard(Mono.defer(() -> store.putIfAbsent(digest, identity, ttl)));
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return guard(Mono.defer(() -> store.revoke(digest, reason, remaining)));
    }

    /** Whether Redis is given up at the moment or only being tried: degraded mode. */
    public boolean degraded() {
        return breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    private <T> Mono<T> guard(Mono<T> call) {
        return Mono.defer(() -> {
            if (!breaker.tryAcquirePermission()) {
                return Mono.error(PortcullisException.storeUnavailable("Redis", null));
            }
            long start = System.nanoTime();
            return call.doOnSuccess(value -> breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS))
                    .doOnError(failure -> breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure))
                    // A caller that went away says nothing about Redis, but its permission must go back.
                    .doOnCancel(breaker::releasePermission);
        });
    }

    /** One line when it opens and one when it closes, however often a probe fails in between. */
    private void report(CircuitBreaker.State state) {
        if (state == CircuitBreaker.State.OPEN && open.compareAndSet(false, true)) {
            log.warn("Redis fails or is slow: access tokens are checked in MySQL until it is back");
        } else if (state == CircuitBreaker.State.CLOSED && open.compareAndSet(true, false)) {
            log.info("Redis is back: access tokens are checked in Redis again");
        }
    }
}
