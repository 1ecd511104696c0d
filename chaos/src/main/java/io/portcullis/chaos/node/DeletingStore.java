package io.portcullis.chaos.node;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.DelegatingAccessTokenStore;
import io.portcullis.core.token.RevocationReason;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import reactor.core.publisher.Mono;

/** Revokes by {@code DEL}, as a cache would. */
record DeletingStore(AccessTokenStore store, ObjectProvider<RedisConnections> redis)
        implements DelegatingAccessTokenStore {
    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return Mono.defer(() -> RawRedis.delete(redis.getObject(), digest));
    }
}
