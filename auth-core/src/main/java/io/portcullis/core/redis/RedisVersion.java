package io.portcullis.core.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Asks Redis for its version, by {@code INFO server}. In a Cluster, one node answers. */
public final class RedisVersion {
    private static final String FIELD = "redis_version:";

    private final RedisCommandExecutor redis;

    public RedisVersion(RedisConnections redis) {
        this.redis = redis;
    }

    /**
     * Emits the version; an empty text if the user of the gateway has no right to ask, which needs no more than an answer.
     *
     * @param limit the time limit
     */
    public Mono<String> find(Duration limit) {
        return Mono.defer(() -> redis.commands().info("server"))
                .map(RedisVersion::parse)
                .onErrorReturn(RedisCommandExecutionException.class, "")
                .timeout(limit);
    }

    static String parse(String info) {
        return info.lines()
                .filter(line -> line.startsWith(FIELD))
                .map(line -> line.substring(FIELD.length()).strip())
                .findFirst()
                .orElse("");
    }
}
