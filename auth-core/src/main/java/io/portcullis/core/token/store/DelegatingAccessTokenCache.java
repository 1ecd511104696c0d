package io.portcullis.core.token.store;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** Decorates another cache, {@link #store()}, and delegates each call that an implementation does not override. */
public interface DelegatingAccessTokenCache extends AccessTokenCache {

    /** Returns the decorated cache. */
    AccessTokenCache store();

    @Override
    default Mono<AccessTokenEntry> find(String digest) {
        return store().find(digest);
    }

    @Override
    default Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return store().putIfAbsent(digest, identity, ttl);
    }

    @Override
    default Mono<Void> expire(String digest, Duration remaining) {
        return store().expire(digest, remaining);
    }

    @Override
    default Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return store().revoke(digest, reason, remaining);
    }
}
