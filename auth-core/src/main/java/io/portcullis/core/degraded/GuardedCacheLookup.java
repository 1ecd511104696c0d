package io.portcullis.core.degraded;

import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupSubscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * {@code find} of a {@link GuardedAccessTokenCache}: not asked without trust, counted by the breaker, and void if the trust is
 * another by the time of the answer. One operator of its own, as every proxied request goes through it.
 */
final class GuardedCacheLookup extends Mono<AccessTokenEntry> {
    private final AccessTokenCache store;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;
    private final String digest;

    GuardedCacheLookup(AccessTokenCache store, StoreBreaker breaker, DegradedMode degraded, String digest) {
        this.store = store;
        this.breaker = breaker;
        this.degraded = degraded;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super AccessTokenEntry> actual) {
        long trust = degraded.trustedEpoch();
        if (trust == DegradedMode.UNTRUSTED) {
            Operators.error(actual, GuardedAccessTokenCache.distrust());
        } else {
            store.find(digest).subscribe(new Guard(actual, trust, System.nanoTime()));
        }
    }

    /** The breaker hears nothing of a cancellation. */
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
            breaker.answered(start);
            if (degraded.trustedEpoch() == trust) {
                actual.onNext(entry);
                actual.onComplete();
            } else {
                actual.onError(GuardedAccessTokenCache.distrust());
            }
        }

        @Override
        protected void absent() {
            breaker.answered(start);
            actual.onComplete();
        }

        @Override
        protected void failed(Throwable failure) {
            breaker.failed(start, failure);
            actual.onError(failure);
        }
    }
}
