package io.portcullis.core.recovery;

import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.AccessTokenEntry;
import io.portcullis.core.token.AccessTokenStore;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * {@code find} of a {@link GuardedAccessTokenStore}: not asked without trust, counted by the breaker, and void if the trust is
 * another by the time of the answer. One operator of its own, as every proxied request goes through it.
 */
final class GuardedLookup extends Mono<AccessTokenEntry> {
    private final AccessTokenStore store;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;
    private final String digest;

    GuardedLookup(AccessTokenStore store, StoreBreaker breaker, DegradedMode degraded, String digest) {
        this.store = store;
        this.breaker = breaker;
        this.degraded = degraded;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super AccessTokenEntry> actual) {
        long trust = degraded.trust();
        if (trust == DegradedMode.NONE) {
            Operators.error(actual, GuardedAccessTokenStore.distrust());
        } else {
            store.find(digest).subscribe(new Guard(actual, trust, System.nanoTime()));
        }
    }

    /** A cancellation goes straight to the store, so that the breaker hears nothing of it. */
    private final class Guard implements CoreSubscriber<AccessTokenEntry> {
        private final CoreSubscriber<? super AccessTokenEntry> actual;
        private final long trust;
        private final long start;
        private boolean answered;

        Guard(CoreSubscriber<? super AccessTokenEntry> actual, long trust, long start) {
            this.actual = actual;
            this.trust = trust;
            this.start = start;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            actual.onSubscribe(subscription);
        }

        @Override
        public void onNext(AccessTokenEntry entry) {
            answered = true;
            breaker.answered(start);
            if (degraded.trust() == trust) {
                actual.onNext(entry);
                actual.onComplete();
            } else {
                actual.onError(GuardedAccessTokenStore.distrust());
            }
        }

        @Override
        public void onComplete() {
            if (!answered) {
                breaker.answered(start);
                actual.onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (answered) {
                Operators.onErrorDropped(failure, currentContext());
                return;
            }
            breaker.failed(start, failure);
            actual.onError(failure);
        }
    }
}
