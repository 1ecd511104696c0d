package io.portcullis.core.degraded;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.CacheLookupListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Guards the cache by {@link DegradedMode} and a circuit breaker (docs/design.md section 5, step 5). In degraded mode the guard
 * rejects look-ups and fills with {@code UNAVAILABLE} and does not access Redis. An open breaker enters degraded mode.
 *
 * <p>{@code revoke} and {@code expire} go to Redis in every mode: degraded mode lasts until the ledger has been replayed, and a
 * logout should succeed as soon as Redis takes tombstones. Their failures are not reported to the breaker, because such a write
 * may take longer than a check and may wait for replicas, whose absence does not make reads of Redis wrong.
 *
 * <p>A write that Redis refuses enters degraded mode at once, even if Redis answers reads: a Redis that takes no tombstones
 * cannot decide whether a token is live.
 *
 * <p>An entry that Redis returns is valid only if no disruption happened between the command and its reply. Otherwise the reply
 * may come from a server that has lost tombstones.
 */
public final class GuardedAccessTokenCache implements AccessTokenCache {
    private final AccessTokenCache cache;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;
    private final CacheLatency latency;

    /** Guards {@code cache} as the other constructor does, and does not measure. */
    public GuardedAccessTokenCache(AccessTokenCache cache, StoreBreaker breaker, DegradedMode degraded) {
        this(cache, breaker, degraded, CacheLatency.NONE);
    }

    /**
     * Guards {@code cache}, and registers a listener that enters degraded mode when the breaker opens.
     *
     * @param cache the unguarded cache
     * @param latency receives the durations of the commands
     */
    public GuardedAccessTokenCache(
            AccessTokenCache cache, StoreBreaker breaker, DegradedMode degraded, CacheLatency latency) {
        this.latency = latency;
        this.cache = cache;
        this.breaker = breaker;
        this.degraded = degraded;
        breaker.onOpen(() -> degraded.enter("Redis fails or is slow"));
    }

    @Override
    public void find(String digest, CacheLookupListener listener) {
        long trust = degraded.trustedEpoch();
        if (trust == DegradedMode.UNTRUSTED) {
            listener.failed(untrustedFailure());
        } else {
            cache.find(digest, new GuardedCacheLookup(listener, breaker, degraded, latency.reads(), trust));
        }
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return Mono.defer(() ->
                degraded.active() ? failUntrusted() : breaker.observe(write(cache.putIfAbsent(digest, identity, ttl))));
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return write(cache.expire(digest, remaining));
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return write(cache.revoke(digest, reason, remaining));
    }

    /** Returns the write, which is measured, and enters degraded mode if Redis refuses it. */
    private Mono<Void> write(Mono<Void> command) {
        return latency.writes()
                .observe(command)
                .doOnError(failure ->
                        RootCause.find(failure, WriteRefusedException.class).ifPresent(degraded::enter));
    }

    private static <T> Mono<T> failUntrusted() {
        return Mono.error(untrustedFailure());
    }

    static PortcullisException untrustedFailure() {
        return PortcullisException.storeUnavailable("Redis", null);
    }
}
