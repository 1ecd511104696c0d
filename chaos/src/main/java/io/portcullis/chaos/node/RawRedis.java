package io.portcullis.chaos.node;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.redis.RedisConnections;
import reactor.core.publisher.Mono;

/** What no store of the gateway does. */
final class RawRedis {
    private RawRedis() {}

    static Mono<Void> delete(RedisConnections connections, String digest) {
        return connections
                .commands()
                .del("portcullis:at:" + digest)
                .then()
                .onErrorMap(failure -> PortcullisException.storeUnavailable("Redis", failure));
    }
}
