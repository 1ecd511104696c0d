package io.portcullis.core.redis;

import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Verifies that a check that begins on an event loop of the application continues on it. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be stopped")
@Tag("database-independent")
class SharedEventLoopsIT {
    private static final EventLoopGroup LOOPS =
            new DefaultEventLoopGroupProvider(3).allocate(Transports.eventLoopGroupClass());

    @AfterAll
    static void end() {
        var unused = LOOPS.shutdownGracefully();
    }

    private static RedisFixture connect(RedisSettings settings) {
        return RedisFixture.of(RedisConnections.create(settings, LOOPS)).awaitUp();
    }

    private static RedisSettings settings(RedisServer server) {
        return RedisSettings.standalone(server.host(), server.port());
    }

    /** Returns whether the reply, or the failure, is emitted on the event loop that sent the look-up. */
    private static boolean staysOn(EventExecutor loop, RedisFixture redis) {
        return RedisFixture.value(RedisFixture.failureOf(redis.cache().find(aDigest()))
                .then(Mono.fromSupplier(loop::inEventLoop))
                .subscribeOn(Schedulers.fromExecutor(loop)));
    }

    private static void assertStays(RedisFixture redis) {
        // The number of look-ups is high enough to reach every node of a Cluster.
        for (int i = 0; i < 16; i++) {
            LOOPS.forEach(loop -> assertThat(staysOn(loop, redis)).isTrue());
        }
    }

    @Test
    void findWhenOnALoopThenGoesOnThereAlsoAfterAReconnect() {
        RedisServer first = RedisServer.start();
        try (RedisFixture redis = connect(settings(first))) {
            assertStays(redis);
            first.close();
            assertStays(redis);
            try (RedisServer second = RedisServer.start(first.port())) {
                redis.awaitUp();
                assertStays(redis);
                assertThat(second.port()).isEqualTo(first.port());
            }
        }
    }

    @Test
    void findWhenSentinelsNameTheServerThenGoesOnThere() {
        try (RedisSentinel group = RedisSentinel.start();
                RedisFixture redis = connect(RedisFixture.sentinel(group))) {
            assertStays(redis);
        }
    }

    @Test
    void findWhenInAClusterThenIsHandedBack() {
        try (RedisCluster cluster = RedisCluster.start();
                RedisFixture redis = connect(RedisFixture.cluster(cluster))) {
            assertStays(redis);
        }
    }

    @Test
    void findWhenServerIsStoppedThenEachFailsInItsOwnTime() {
        try (RedisServer server = RedisServer.start();
                RedisFixture redis = connect(settings(server))) {
            Signals.stop(server.pid());
            try {
                List<Duration> waits = RedisFixture.value(Flux.range(0, 100)
                        .delayElements(Duration.ofMillis(3))
                        .flatMap(i -> timeToFail(redis))
                        .collectList());
                assertThat(waits)
                        .hasSize(100)
                        .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofMillis(80), Duration.ofSeconds(3)));
            } finally {
                Signals.resume(server.pid());
            }
        }
    }

    private static Mono<Duration> timeToFail(RedisFixture redis) {
        return RedisFixture.failureOf(redis.cache().find(aDigest()))
                .filter(ErrorCode.UNAVAILABLE::equals)
                .elapsed()
                .map(timed -> Duration.ofMillis(timed.getT1() + 1));
    }

    @Test
    void closeWhenLoopsAreTheApplicationsThenTheyGoOn() {
        try (RedisServer server = RedisServer.start()) {
            connect(settings(server)).close();
        }

        LOOPS.forEach(loop -> assertThat(((EventLoop) loop).isShuttingDown()).isFalse());
    }
}
