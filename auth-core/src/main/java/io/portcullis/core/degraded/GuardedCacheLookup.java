package io.portcullis.core.degraded;

import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupSubscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Implements {@code find} of {@link GuardedAccessTokenCache}. The look-up fails with {@code UNAVAILABLE} if Redis is not trusted
 * when the command is sent, or if the trusted epoch has changed when an entry arrives. The breaker records the outcome and the
 * duration. It is a single operator instead of a chain of them, because every proxied request passes through it.
 */
final class GuardedCacheLookup extends Mono<AccessTokenEntry> {
    private final AccessTokenCache cache;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;
    private final String digest;

    GuardedCacheLookup(AccessTokenCache cache, StoreBreaker breaker, DegradedMode degraded, String digest) {
        this.cache = cache;
        this.breaker = breaker;
        this.degraded = degraded;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super AccessTokenEntry> actual) {
        long trust = degraded.trustedEpoch();
        if (trust == DegradedMode.UNTRUSTED) {
            Operators.error(actual, GuardedAccessTokenCache.untrustedFailure());
        } else {
            cache.find(digest).subscribe(new Guard(actual, trust, System.nanoTime()));
        }
    }

    /** Reports the outcome to the breaker and validates the trust. A cancellation is not reported to the breaker. */
    private final class Guard extends CacheLookupSubscriber {
        private final CoreSubscriber<? super AccessTokenEntry> actual;
        private final long trust;
        private final long start;

        Guard(CoreSubscriber<? super AccessTokenEntry> actual, long trust, long start) {
            super(actual);
            this.actual = actual;
            this.trust = trust;
            this.start = start;
        }

        @Override
        protected void found(AccessTokenEntry entry) {
            breaker.recordSuccess(start);
            if (degraded.trustedEpoch() == trust) {
                actual.onNext(entry);
                actual.onComplete();
            } else {
                actual.onError(GuardedAccessTokenCache.untrustedFailure());
            }
        }

        @Override
        protected void absent() {
            breaker.recordSuccess(start);
            actual.onComplete();
        }

        @Override
        protected void failed(Throwable failure) {
            breaker.recordFailure(start, failure);
            actual.onError(failure);
        }
    }
}
