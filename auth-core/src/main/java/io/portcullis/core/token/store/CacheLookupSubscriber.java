package io.portcullis.core.token.store;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Translates the signals of {@link AccessTokenCache#find} into exactly one call of {@link #found}, {@link #absent} or
 * {@link #failed}, on the thread of the signal. The downstream subscriber receives the upstream {@link Subscription} itself. A
 * cancellation therefore goes straight to the cache, and none of the three methods reports it.
 */
public abstract class CacheLookupSubscriber implements CoreSubscriber<AccessTokenEntry> {
    private final CoreSubscriber<?> actual;
    private boolean terminated;

    /** @param actual the downstream subscriber, which receives the subscription and provides the context */
    protected CacheLookupSubscriber(CoreSubscriber<?> actual) {
        this.actual = actual;
    }

    /** Handles the entry of the cache. */
    protected abstract void found(AccessTokenEntry entry);

    /** Handles the absence of an entry. */
    protected abstract void absent();

    /** Handles the failure of the look-up. */
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
