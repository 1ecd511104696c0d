package io.portcullis.core.degraded;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * The store as the services see it: not asked in degraded mode, and the reason for degraded mode when it fails or is slow (design
 * section 5, step 5).
 *
 * <p>A {@code revoke} is tried in any mode. Degraded mode lasts until the ledger has been replayed, and a logout need not be
 * refused while Redis takes tombstones again. It says nothing to the breaker, as it may take longer than a check, and may
 * wait for replicas whose absence is no reason to distrust Redis.
 *
 * <p>A write that Redis refuses begins degraded mode at once, whatever reads are answered: a Redis that takes no tombstones must not be
 * asked whether a token is alive.
 *
 * <p>What Redis says of a token holds only if nothing disrupted it between the question and the answer: the answer may come from a
 * server that has lost tombstones.
 */
public final class GuardedAccessTokenCache implements AccessTokenCache {
    private final AccessTokenCache store;
    private final StoreBreaker breaker;
    private final DegradedMode degraded;

    public GuardedAccessTokenCache(AccessTokenCache store, StoreBreaker breaker, DegradedMode degraded) {
        this.store = store;
        this.breaker = breaker;
        this.degraded = degraded;
        breaker.onOpen(() -> degraded.enter("Redis fails or is slow"));
    }

    @Override
    public Mono<AccessTokenEntry> find(String digest) {
        return new GuardedCacheLookup(store, breaker, degraded, digest);
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return Mono.defer(() -> degraded.active()
                ? notTrusted()
                : breaker.observe(distrusting(store.putIfAbsent(digest, identity, ttl))));
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return distrusting(store.expire(digest, remaining));
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return distrusting(store.revoke(digest, reason, remaining));
    }

    /** The write, after whose refusal this node does not trust Redis. */
    private Mono<Void> distrusting(Mono<Void> write) {
        return write.doOnError(failure -> WriteRefusedException.in(failure).ifPresent(degraded::enter));
    }

    private static <T> Mono<T> notTrusted() {
        return Mono.error(distrust());
    }

    static PortcullisException distrust() {
        return PortcullisException.storeUnavailable("Redis", null);
    }
}
