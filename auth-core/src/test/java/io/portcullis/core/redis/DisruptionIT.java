package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RedisServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Verifies that a disruption is counted before the first reply of another server, under concurrent look-ups. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be stopped")
@Tag("database-independent")
class DisruptionIT {
    private static final int ROUNDS = 5;

    private static RedisFixture fixture(RedisServer server) {
        return RedisFixture.of(RedisSettings.standalone(server.host(), server.port()))
                .awaitUp();
    }

    private static Mono<String> get(RedisFixture redis, String key) {
        return Mono.defer(() -> redis.connections().commands().get(key));
    }

    @Test
    void disruptionCountWhenAnotherServerAnswersThenWasRaisedBefore() {
        RedisServer server = RedisServer.start();
        try (RedisFixture redis = fixture(server)) {
            for (int round = 0; round < ROUNDS; round++) {
                server = restartUnderLoad(server, redis, "round-" + round);
            }
        } finally {
            server.close();
        }
    }

    /**
     * Restarts the server while several clients send look-ups without pause. Only the new server has the key. Each client
     * compares the number of disruptions at its first reply from the new server.
     */
    private static RedisServer restartUnderLoad(RedisServer server, RedisFixture redis, String key) {
        long before = redis.connections().disruptionCount();
        AtomicInteger tooLate = new AtomicInteger();
        Mono<String> asker = get(redis, key)
                .doOnNext(answer -> {
                    if (redis.connections().disruptionCount() == before) {
                        tooLate.incrementAndGet();
                    }
                })
                .onErrorResume(e -> Mono.empty())
                // Delays the repetition: a rejected command fails on the event loop that must reconnect.
                .repeatWhenEmpty(Integer.MAX_VALUE, again -> again.delayElements(Duration.ofMillis(1)))
                .subscribeOn(Schedulers.parallel());
        Mono<Long> askers = Flux.range(0, 16).flatMap(i -> asker).count();
        int port = server.port();
        var answered = askers.toFuture();
        server.close();
        RedisServer next = RedisServer.start(port);
        RedisFixture.value(get(redis, key).thenReturn("").retryWhen(Retry.fixedDelay(1_000, Duration.ofMillis(5))));
        RedisFixture.value(redis.connections().commands().set(key, "next"));
        assertThat(RedisFixture.value(Mono.fromFuture(answered))).isEqualTo(16);
        assertThat(tooLate).hasValue(0);
        return next;
    }

    @Test
    void disruptionsWhenHeardLateThenTheLatest() {
        try (RedisServer server = RedisServer.start();
                RedisFixture redis = fixture(server)) {
            assertThat(RedisFixture.value(redis.connections().disruptions().next()))
                    .startsWith("connected to Redis at");
        }
    }
}
