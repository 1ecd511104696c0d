package io.portcullis.core.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndSignal;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Tells the other nodes about ended sessions by the publish and subscribe commands of Redis, which a Cluster passes on to all its
 * nodes.
 *
 * <pre>
 * publish    PUBLISH portcullis:ended "{session id} {reason} {end in epoch milliseconds}"
 * subscribe  SUBSCRIBE portcullis:ended, on a connection of its own
 * </pre>
 */
public final class RedisSessionEndSignal implements SessionEndSignal {
    static final String CHANNEL = "portcullis:ended";

    private static final Logger log = LoggerFactory.getLogger(RedisSessionEndSignal.class);
    private static final int FIELDS = 3;

    private final RedisConnections redis;

    /** Creates a signal over the given connections, which own the subscription. */
    public RedisSessionEndSignal(RedisConnections redis) {
        this.redis = redis;
    }

    @Override
    public Mono<Void> publish(EndedSession ended) {
        return Mono.defer(() -> redis.commands().publish(CHANNEL, write(ended)))
                .timeout(redis.timeouts().write())
                .onErrorMap(failure -> !(failure instanceof PortcullisException), RedisAccessTokenCache::unavailable)
                .then();
    }

    @Override
    public void subscribe(Consumer<EndedSession> receiver) {
        redis.subscription().open(CHANNEL, new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                EndedSession ended = read(message);
                if (ended != null) {
                    receiver.accept(ended);
                }
            }
        });
    }

    @Override
    public long lastAlive() {
        return redis.subscription().lastAlive();
    }

    static String write(EndedSession ended) {
        return ended.sessionId() + " " + ended.reason().name() + " "
                + ended.at().toEpochMilli();
    }

    /** Decodes a message; null if this release cannot decode it. */
    static @Nullable EndedSession read(String message) {
        String[] fields = message.split(" ", -1);
        if (fields.length < FIELDS || !fields[2].matches("\\d{1,15}")) {
            log.warn("Cannot decode a message on the channel {}; it is ignored", CHANNEL);
            return null;
        }
        return new EndedSession(
                fields[0], EndReason.ofName(fields[1]), Instant.ofEpochMilli(Long.parseLong(fields[2])));
    }
}
