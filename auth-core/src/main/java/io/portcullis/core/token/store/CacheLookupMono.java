package io.portcullis.core.token.store;

import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** Emits the outcome of a look-up, which begins when it is requested. Ignores an outcome that arrives after a cancellation. */
final class CacheLookupMono extends Mono<AccessTokenEntry> {
    private final AccessTokenCache cache;
    private final String digest;

    CacheLookupMono(AccessTokenCache cache, String digest) {
        this.cache = cache;
        this.digest = digest;
    }

    @Override
    public void subscribe(CoreSubscriber<? super AccessTokenEntry> actual) {
        actual.onSubscribe(new Lookup(cache, digest, actual));
    }

    private static final class Lookup extends AtomicInteger implements Subscription, CacheLookupListener {
        private static final long serialVersionUID = 1;
        private static final int NEW = 0;
        private static final int REQUESTED = 1;
        private static final int OVER = 2;

        private final transient AccessTokenCache cache;
        private final String digest;
        private final transient CoreSubscriber<? super AccessTokenEntry> actual;

        Lookup(AccessTokenCache cache, String digest, CoreSubscriber<? super AccessTokenEntry> actual) {
            this.cache = cache;
            this.digest = digest;
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n) && compareAndSet(NEW, REQUESTED)) {
                cache.find(digest, this);
            }
        }

        @Override
        public void cancel() {
            set(OVER);
        }

        @Override
        public void found(AccessTokenEntry entry) {
            if (getAndSet(OVER) != OVER) {
                actual.onNext(entry);
                actual.onComplete();
            }
        }

        @Override
        public void absent() {
            if (getAndSet(OVER) != OVER) {
                actual.onComplete();
            }
        }

        @Override
        public void failed(Throwable failure) {
            if (getAndSet(OVER) != OVER) {
                actual.onError(failure);
            }
        }
    }
}
