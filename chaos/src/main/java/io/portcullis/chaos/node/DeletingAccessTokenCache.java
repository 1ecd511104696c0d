package io.portcullis.chaos.node;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.DelegatingAccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import reactor.core.publisher.Mono;

/** Revokes a token by {@code DEL}, as an ordinary cache would, instead of writing a tombstone. */
record DeletingAccessTokenCache(AccessTokenCache delegate, ObjectProvider<RedisConnections> redis)
        implements DelegatingAccessTokenCache {
    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return Mono.defer(() -> RawRedis.delete(redis.getObject(), digest));
    }
}
