package io.portcullis.core.token.store;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Listens to {@link AccessTokenCache#find} on behalf of another subscriber: an entry, none, or a failure, and each once. Its
 * subscription is handed on as it is, so a cancellation goes straight to the store and nothing is told of it.
 */
public abstract class CacheLookupSubscriber implements CoreSubscriber<AccessTokenEntry> {
    private final CoreSubscriber<?> actual;
    private boolean terminated;

    protected CacheLookupSubscriber(CoreSubscriber<?> actual) {
        this.actual = actual;
    }

    protected abstract void found(AccessTokenEntry entry);

    protected abstract void absent();

    protected abstract void failed(Throwable failure);

    @Override
    public final Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public final void onSubscribe(Subscription subscription) {
        actual.onSubscribe(subscription);
    }

    @Override
    public final void onNext(AccessTokenEntry entry) {
        terminated = true;
        found(entry);
    }

    @Override
    public final void onComplete() {
        if (!terminated) {
            terminated = true;
            absent();
        }
    }

    @Override
    public final void onError(Throwable failure) {
        if (terminated) {
            Operators.onErrorDropped(failure, currentContext());
        } else {
            terminated = true;
            failed(failure);
        }
    }
}
