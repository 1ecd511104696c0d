package io.portcullis.chaos.node;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.DelegatingAccessTokenCache;
import io.portcullis.core.token.store.Identity;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import reactor.core.publisher.Mono;

/** Stores an identity by {@code SET} without {@code NX}, and thereby overwrites a tombstone. */
record OverwritingAccessTokenCache(AccessTokenCache delegate, ObjectProvider<RedisConnections> redis)
        implements DelegatingAccessTokenCache {
    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return Mono.defer(() -> RawRedis.set(redis.getObject(), digest, identity, ttl));
    }
}
