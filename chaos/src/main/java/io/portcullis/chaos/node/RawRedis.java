package io.portcullis.chaos.node;

import io.lettuce.core.SetArgs;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.token.store.Identity;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Redis commands that the gateway never sends, with the timeouts of the gateway. */
final class RawRedis {
    private static final String KEY_PREFIX = "portcullis:at:";
    private static final String SEPARATOR = "\u001f";

    private RawRedis() {}

    /** Stores an identity in the format of {@code IdentityCodec}. Supports only accounts whose names need no escaping. */
    static Mono<Void> set(RedisConnections connections, String digest, Identity identity, Duration ttl) {
        String value = String.join(
                SEPARATOR,
                "1",
                "L",
                identity.userId(),
                identity.username(),
                identity.userType(),
                "",
                identity.sessionId(),
                String.join(SEPARATOR, identity.roles()));
        return connections
                .commands()
                .set(KEY_PREFIX + digest, value, SetArgs.Builder.px(ttl.toMillis()))
                .timeout(connections.timeouts().read())
                .then()
                .onErrorMap(failure -> PortcullisException.storeUnavailable("Redis", failure));
    }

    static Mono<Void> delete(RedisConnections connections, String digest) {
        return connections
                .commands()
                .del(KEY_PREFIX + digest)
                .timeout(connections.timeouts().write())
                .then()
                .onErrorMap(failure -> PortcullisException.storeUnavailable("Redis", failure));
    }
}
