package io.portcullis.core.token;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

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
    private static final class Asking extends LookupSubscriber {
        private final CoreSubscriber<? super StoreLookup> actual;

        Asking(CoreSubscriber<? super StoreLookup> actual) {
            super(actual);
            this.actual = actual;
        }

        @Override
        protected void found(AccessTokenEntry entry) {
            tell(new StoreLookup.Found(entry));
        }

        @Override
        protected void absent() {
            tell(StoreLookup.ABSENT);
        }

        @Override
        protected void failed(Throwable failure) {
            if (failure instanceof Exception) {
                tell(StoreLookup.FAILED);
            } else {
                actual.onError(failure);
            }
        }

        private void tell(StoreLookup lookup) {
            actual.onNext(lookup);
            actual.onComplete();
        }
    }
}
