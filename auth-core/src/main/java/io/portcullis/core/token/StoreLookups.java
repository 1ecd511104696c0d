package io.portcullis.core.token;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Emits what asking the store comes to, also that it failed; never empty. One operator of its own, as every proxied request goes
 * through it.
 */
final class StoreLookups extends Mono<StoreLookup> {
    private final AccessTokenStore store;
    private final String digest;

    StoreLookups(AccessTokenStore store, String digest) {
        this.store = store;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super StoreLookup> actual) {
        Mono<AccessTokenEntry> entry;
        try {
            entry = store.find(digest);
        } catch (RuntimeException failure) {
            entry = Mono.error(failure);
        }
        entry.subscribe(new Asking(actual));
    }

    /** Tells without being asked where the store fails or has nothing: its only subscriber is a {@code flatMap}, which asks for all. */
    private static final class Asking implements CoreSubscriber<AccessTokenEntry> {
        private final CoreSubscriber<? super StoreLookup> actual;
        private boolean told;

        Asking(CoreSubscriber<? super StoreLookup> actual) {
            this.actual = actual;
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
            tell(new StoreLookup.Found(entry));
        }

        @Override
        public void onComplete() {
            if (!told) {
                tell(StoreLookup.ABSENT);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (told) {
                Operators.onErrorDropped(failure, currentContext());
            } else if (failure instanceof Exception) {
                tell(StoreLookup.FAILED);
            } else {
                actual.onError(failure);
            }
        }

        private void tell(StoreLookup lookup) {
            told = true;
            actual.onNext(lookup);
            actual.onComplete();
        }
    }
}
