package io.portcullis.core.token.store;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** Decorates another cache, {@link #delegate()}, and delegates each call that an implementation does not override. */
public interface DelegatingAccessTokenCache extends AccessTokenCache {

    /** Returns the decorated cache. */
    AccessTokenCache delegate();

    @Override
    default void find(String digest, CacheLookupListener listener) {
        delegate().find(digest, listener);
    }

    @Override
    default Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return delegate().putIfAbsent(digest, identity, ttl);
    }

    @Override
    default Mono<Void> expire(String digest, Duration remaining) {
        return delegate().expire(digest, remaining);
    }

    @Override
    default Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return delegate().revoke(digest, reason, remaining);
    }
}
