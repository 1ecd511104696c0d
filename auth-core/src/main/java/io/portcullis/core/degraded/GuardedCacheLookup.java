package io.portcullis.core.degraded;

import io.portcullis.core.resilience.CallOutcome;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupListener;

/**
 * Implements {@code find} of {@link GuardedAccessTokenCache}: reports the outcome and the duration of the look-up to the breaker. An entry
 * counts only if the node has trusted Redis since before the command was sent; otherwise the look-up fails.
 */
final class GuardedCacheLookup implements CacheLookupListener {
    private final CacheLookupListener listener;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;
    private final LatencyRecorder latency;
    private final long trust;
    private final long start = System.nanoTime();

    /**
     * @param latency receives the duration of the look-up
     * @param trust the trusted epoch before the command is sent
     */
    GuardedCacheLookup(
            CacheLookupListener listener,
            StoreBreaker breaker,
            DegradedMode degraded,
            LatencyRecorder latency,
            long trust) {
        this.latency = latency;
        this.listener = listener;
        this.breaker = breaker;
        this.degraded = degraded;
        this.trust = trust;
    }

    @Override
    public void found(AccessTokenEntry entry) {
        latency.recordSince(start, CallOutcome.OK);
        breaker.recordSuccess(start);
        if (degraded.trustedEpoch() == trust) {
            listener.found(entry);
        } else {
            listener.failed(GuardedAccessTokenCache.untrustedFailure());
        }
    }

    @Override
    public void absent() {
        latency.recordSince(start, CallOutcome.OK);
        breaker.recordSuccess(start);
        listener.absent();
    }

    @Override
    public void failed(Throwable failure) {
        latency.recordSince(start, CallOutcome.FAILED);
        breaker.recordFailure(start, failure);
        listener.failed(failure);
    }
}
