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

    /** Writes each token twice: as the gateway stores it, and as the other subjects look it up. */
    void put(List<LiveTokens.Issued> issued) {
        write(issued, TokenEntries::putForAll);
    }

    /** Writes the tokens as the gateway stores them. */
    void putForPortcullis(List<LiveTokens.Issued> issued) {
        write(issued, (store, redis, one) -> put(store, one));
    }

    private void write(List<LiveTokens.Issued> issued, Writer writer) {
        try (RedisConnections redis = RedisConnections.create(settings())) {
            var store = new RedisAccessTokenCache(redis, null);
            Mono.fromCallable(redis::commands)
                    .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(50)))
                    .thenMany(Flux.fromIterable(issued))
                    .flatMap(entry -> writer.write(store, redis, entry), IN_FLIGHT)
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

    private static Mono<?> put(RedisAccessTokenCache store, LiveTokens.Issued issued) {
        return store.putIfAbsent(issued.token().digest(), issued.identity(), remaining(issued));
    }

    private static Mono<?> putForAll(RedisAccessTokenCache store, RedisConnections redis, LiveTokens.Issued issued) {
        var token = issued.token();
        var identity = issued.identity();
        String json = "{\"userId\":\"%s\",\"username\":\"%s\",\"userType\":\"%s\",\"role\":\"%s\",\"sessionId\":\"%s\"}"
                .formatted(
                        identity.userId(),
                        identity.username(),
                        identity.userType(),
                        String.join(",", identity.roles()),
                        identity.sessionId());
        return put(store, issued)
                .then(Mono.defer(() -> redis.commands()
                        .set(
                                "bench:token:" + token.value(),
                                json,
                                SetArgs.Builder.px(remaining(issued).toMillis()))));
    }

    private static Duration remaining(LiveTokens.Issued issued) {
        return Duration.between(Instant.now(), issued.token().expiresAt());
    }

    @FunctionalInterface
    private interface Writer {
        Mono<?> write(RedisAccessTokenCache store, RedisConnections redis, LiveTokens.Issued issued);
    }
}
