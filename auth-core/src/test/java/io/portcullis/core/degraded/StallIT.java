package io.portcullis.core.degraded;

import static io.portcullis.core.mother.Identities.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Verifies that a stalled event loop does not end the trust in Redis, and that a stalled Redis does. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be stopped")
class StallIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final int LOOKUPS = 50;
    /** The connection of the event loop, and that of all other threads. */
    private static final int CONNECTIONS = 2;

    private static final int MINIMUM_CALLS = 10;
    private static final BreakerSettings BREAKER =
            new BreakerSettings(50, Duration.ofMillis(40), 20, MINIMUM_CALLS, Duration.ofSeconds(1), 1);

    private final RedisServer server = RedisServer.start();
    private final EventLoopGroup loops =
            new DefaultEventLoopGroupProvider(1).allocate(Transports.eventLoopGroupClass());
    private final EventLoop loop = loops.next();
    private final RedisConnections redis =
            RedisConnections.create(RedisSettings.standalone(server.host(), server.port()), loops);
    private final DegradedMode degraded = new DegradedMode(redis::disruptionCount);
    private final GuardedAccessTokenCache store = new GuardedAccessTokenCache(
            new RedisAccessTokenCache(redis, null),
            new StoreBreaker("Redis", BREAKER, redis::stalledNanosSince),
            degraded);

    /** Waits for all connections, because each new one ends the trust; then trusts Redis and writes the entry of alice. */
    @BeforeEach
    void start() {
        assertThat(Mono.fromRunnable(this::trustedEpoch)
                        .then(Mono.defer(() -> store.putIfAbsent("d", ALICE, LIMIT)))
                        .then(Mono.defer(() -> store.find("d")))
                        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                        .block(LIMIT))
                .isEqualTo(new AccessTokenEntry.Live(ALICE));
    }

    private void trustedEpoch() {
        assertThat(redis.disruptionCount()).isGreaterThanOrEqualTo(CONNECTIONS);
        degraded.attempt()
                .ifPresent(attempt -> assertThat(degraded.leave(attempt, 0)).isTrue());
    }

    @AfterEach
    void stop() {
        redis.close();
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        server.close();
    }

    /** Sends all look-ups on the event loop, then runs {@code afterwards} there. */
    private List<AccessTokenEntry> findAnd(Runnable afterwards) {
        return Flux.merge(
                        Flux.range(0, LOOKUPS).flatMap(i -> store.find("d"), LOOKUPS),
                        Mono.<AccessTokenEntry>fromRunnable(afterwards))
                .collectList()
                .subscribeOn(Schedulers.fromExecutor(loop))
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private void assertAnswered(List<AccessTokenEntry> found) {
        assertThat(found).hasSize(LOOKUPS).allMatch(new AccessTokenEntry.Live(ALICE)::equals);
        assertThat(degraded.active()).isFalse();
    }

    private static void stall() {
        long end = System.nanoTime() + STALL_NANOS;
        while (System.nanoTime() - end < 0) {
            // Spins without Thread.onSpinWait, which BlockHound treats as blocking.
        }
    }

    @Test
    void findWhenTheLoopStallsBeforeItSendsThenAnsweredFromRedis() {
        assertAnswered(findAnd(StallIT::stall));
    }

    @Test
    void findWhenTheLoopStallsBeforeItReadsThenAnsweredFromRedis() {
        // Schedules the stall after the task that sends the commands.
        assertAnswered(findAnd(() -> loop.execute(StallIT::stall)));
    }

    @Test
    void findWhenRedisStandsStillThenFailsInTimeAndRedisIsGivenUp() {
        Signals.stop(server.pid());
        try {
            long start = System.nanoTime();
            List<ErrorCode> ends = Flux.range(0, MINIMUM_CALLS)
                    .flatMap(i -> store.find("d")
                            .then(Mono.<ErrorCode>empty())
                            .onErrorResume(PortcullisException.class, e -> Mono.just(e.code())))
                    .collectList()
                    .blockOptional(LIMIT)
                    .orElseThrow();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(80));
            assertThat(ends).hasSize(MINIMUM_CALLS).containsOnly(ErrorCode.UNAVAILABLE);
            assertThat(degraded.active()).isTrue();
        } finally {
            Signals.resume(server.pid());
        }
    }
}
