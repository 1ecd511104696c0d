package io.portcullis.core.token.check;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupSubscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Emits what asking the store comes to, also that it failed; never empty. One operator of its own, as every proxied request goes
 * through it.
 */
final class CacheLookupMono extends Mono<CacheLookupResult> {
    private final AccessTokenCache store;
    private final String digest;

    CacheLookupMono(AccessTokenCache store, String digest) {
        this.store = store;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super CacheLookupResult> actual) {
        Mono<AccessTokenEntry> entry;
        try {
            entry = store.find(digest);
        } catch (RuntimeException failure) {
            entry = Mono.error(failure);
        }
        entry.subscribe(new ResultSubscriber(actual));
    }

    /** Tells without being asked where the store fails or has nothing: its only subscriber is a {@code flatMap}, which asks for all. */
    private static final class ResultSubscriber extends CacheLookupSubscriber {
        private final CoreSubscriber<? super CacheLookupResult> actual;

        ResultSubscriber(CoreSubscriber<? super CacheLookupResult> actual) {
            super(actual);
            this.actual = actual;
        }

        @Override
        protected void found(AccessTokenEntry entry) {
            emit(new CacheLookupResult.Found(entry));
        }

        @Override
        protected void absent() {
            emit(CacheLookupResult.ABSENT);
        }

        @Override
        protected void failed(Throwable failure) {
            if (failure instanceof Exception) {
                emit(CacheLookupResult.FAILED);
            } else {
                actual.onError(failure);
            }
        }

        private void emit(CacheLookupResult lookup) {
            actual.onNext(lookup);
            actual.onComplete();
        }
    }
}
