package io.portcullis.bench.world;

import io.lettuce.core.SetArgs;
import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Writes access tokens to Redis with pipelined commands: as the gateway stores them, and as the other subjects look them up.
 */
record TokenEntries(Stores stores) {
    private static final int IN_FLIGHT = 512;
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    void put(List<LiveTokens.Issued> issued) {
        try (RedisConnections redis = RedisConnections.create(settings())) {
            var store = new RedisAccessTokenCache(redis, null);
            Mono.fromCallable(redis::commands)
                    .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(50)))
                    .thenMany(Flux.fromIterable(issued))
                    .flatMap(entry -> put(store, redis, entry), IN_FLIGHT)
                    .blockLast(LIMIT);
        }
    }

    /**
     * Returns settings with longer timeouts than those of the gateway, because this JVM is not warmed up and sends many
     * commands at once.
     */
    private RedisSettings settings() {
        var timeouts = new RedisSettings.Timeouts(COMMAND_TIMEOUT, COMMAND_TIMEOUT, COMMAND_TIMEOUT, COMMAND_TIMEOUT);
        return new RedisSettings(
                stores.redis().host(), stores.redis().port(), null, null, 0, false, timeouts, null, List.of());
    }

    private static Mono<?> put(RedisAccessTokenCache store, RedisConnections redis, LiveTokens.Issued issued) {
        var token = issued.token();
        var identity = issued.identity();
        Duration ttl = Duration.between(Instant.now(), token.expiresAt());
        String json = "{\"userId\":\"%s\",\"username\":\"%s\",\"userType\":\"%s\",\"role\":\"%s\",\"sessionId\":\"%s\"}"
                .formatted(
                        identity.userId(),
                        identity.username(),
                        identity.userType(),
                        String.join(",", identity.roles()),
                        identity.sessionId());
        return store.putIfAbsent(token.digest(), identity, ttl)
                .then(Mono.defer(() -> redis.commands()
                        .set("bench:token:" + token.value(), json, SetArgs.Builder.px(ttl.toMillis()))));
    }
}
