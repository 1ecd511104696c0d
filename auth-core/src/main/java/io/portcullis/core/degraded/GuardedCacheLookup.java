package io.portcullis.core.degraded;

import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupListener;

/**
 * Implements {@code find} of {@link GuardedAccessTokenCache}: reports outcome and duration to the breaker, and turns an entry into a failure
 * if the trusted epoch has changed since the command was sent.
 */
final class GuardedCacheLookup implements CacheLookupListener {
    private final CacheLookupListener listener;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;
    private final long trust;
    private final long start = System.nanoTime();

    /** @param trust the trusted epoch before the command is sent */
    GuardedCacheLookup(CacheLookupListener listener, StoreBreaker breaker, DegradedMode degraded, long trust) {
        this.listener = listener;
        this.breaker = breaker;
        this.degraded = degraded;
        this.trust = trust;
    }

    @Override
    public void found(AccessTokenEntry entry) {
        breaker.recordSuccess(start);
        if (degraded.trustedEpoch() == trust) {
            listener.found(entry);
        } else {
            listener.failed(GuardedAccessTokenCache.untrustedFailure());
        }
    }

    @Override
    public void absent() {
        breaker.recordSuccess(start);
        listener.absent();
    }

    @Override
    public void failed(Throwable failure) {
        breaker.recordFailure(start, failure);
        listener.failed(failure);
    }
}
