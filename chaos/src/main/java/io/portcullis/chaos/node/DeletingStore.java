package io.portcullis.chaos.node;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.token.AccessTokenEntry;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RevocationReason;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import reactor.core.publisher.Mono;

/** Revokes by {@code DEL}, as a cache would. */
record DeletingStore(AccessTokenStore store, ObjectProvider<RedisConnections> redis) implements AccessTokenStore {
    @Override
    public Mono<AccessTokenEntry> find(String digest) {
        return store.find(digest);
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return store.putIfAbsent(digest, identity, ttl);
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return store.expire(digest, remaining);
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return Mono.defer(() -> RawRedis.delete(redis.getObject(), digest));
    }
}
