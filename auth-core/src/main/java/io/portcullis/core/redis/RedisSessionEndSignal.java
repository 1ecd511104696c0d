package io.portcullis.core.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndSignal;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
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
    /** A longer message is none of this gateway. */
    private static final int MAX_LENGTH = 256;

    private static final Pattern EPOCH_MILLIS = Pattern.compile("\\d{1,15}");
    private static final AtomicBoolean UNKNOWN_REPORTED = new AtomicBoolean();

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
    public long completeUntil(long from) {
        return redis.subscription().completeUntil(from);
    }

    static String write(EndedSession ended) {
        return ended.sessionId() + " " + ended.reason().name() + " "
                + ended.at().toEpochMilli();
    }

    /** Decodes a message; null if this release cannot decode it. */
    static @Nullable EndedSession read(String message) {
        String[] fields = message.length() > MAX_LENGTH ? new String[0] : message.split(" ", FIELDS + 1);
        if (fields.length < FIELDS || !EPOCH_MILLIS.matcher(fields[2]).matches()) {
            if (UNKNOWN_REPORTED.compareAndSet(false, true)) {
                log.warn("Cannot decode a message on the channel {}; such messages are ignored", CHANNEL);
            }
            return null;
        }
        return new EndedSession(
                fields[0], EndReason.ofName(fields[1]), Instant.ofEpochMilli(Long.parseLong(fields[2])));
    }
}
