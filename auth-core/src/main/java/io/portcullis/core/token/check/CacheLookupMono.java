package io.portcullis.core.token.check;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupSubscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Reads the cache and emits the outcome as a value: found, absent or failed. Never empty; only an {@link Error} is signalled as
 * an error. It is a single operator instead of a chain of them, because every proxied request passes through it.
 */
final class CacheLookupMono extends Mono<CacheLookupResult> {
    private final AccessTokenCache cache;
    private final String digest;

    CacheLookupMono(AccessTokenCache cache, String digest) {
        this.cache = cache;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super CacheLookupResult> actual) {
        Mono<AccessTokenEntry> entry;
        try {
            entry = cache.find(digest);
        } catch (RuntimeException failure) {
            entry = Mono.error(failure);
        }
        entry.subscribe(new ResultSubscriber(actual));
    }

    /** Ignores demand when it emits ABSENT and FAILED. Safe because the only subscriber, {@code flatMap}, requests unbounded. */
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
