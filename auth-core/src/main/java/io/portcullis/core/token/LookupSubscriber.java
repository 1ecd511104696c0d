package io.portcullis.core.token;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Listens to {@link AccessTokenStore#find} on behalf of another subscriber: an entry, none, or a failure, and each once. Its
 * subscription is handed on as it is, so a cancellation goes straight to the store and nothing is told of it.
 */
public abstract class LookupSubscriber implements CoreSubscriber<AccessTokenEntry> {
    private final CoreSubscriber<?> actual;
    private boolean told;

    protected LookupSubscriber(CoreSubscriber<?> actual) {
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
        told = true;
        found(entry);
    }

    @Override
    public final void onComplete() {
        if (!told) {
            told = true;
            absent();
        }
    }

    @Override
    public final void onError(Throwable failure) {
        if (told) {
            Operators.onErrorDropped(failure, currentContext());
        } else {
            told = true;
            failed(failure);
        }
    }
}
