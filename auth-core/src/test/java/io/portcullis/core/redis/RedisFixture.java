package io.portcullis.core.redis;

import static io.portcullis.core.mother.Identities.ALICE;
import static io.portcullis.core.mother.Tokens.aDigest;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.lettuce.core.cluster.SlotHash;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Holds connections to one Redis and the cache that uses them. */
record RedisFixture(RedisConnections connections, AccessTokenCache cache) implements AutoCloseable {
    private static final RedisSettings.Timeouts LONG_TIMEOUTS = new RedisSettings.Timeouts(
            Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2));

    private static final Duration RECOVERY = Duration.ofSeconds(20);
    private static final Duration SETTLE_TIME = Duration.ofSeconds(1);
    private static final int WARM_UP_DIGESTS = 32;

    static RedisFixture of(RedisSettings settings) {
        return of(RedisConnections.create(settings));
    }

    static RedisFixture of(RedisConnections connections) {
        return new RedisFixture(connections, new RedisAccessTokenCache(connections, null));
    }

    static RedisSettings sentinel(RedisSentinel group) {
        List<RedisSettings.Node> nodes =
                group.nodes().stream().map(RedisSettings.Node::parse).toList();
        return new RedisSettings(
                "",
                0,
                null,
                null,
                0,
                false,
                LONG_TIMEOUTS,
                new RedisSettings.Sentinel(group.masterName(), nodes, null, null),
                List.of());
    }

    static RedisSettings cluster(RedisCluster cluster) {
        return new RedisSettings(
                "",
                0,
                null,
                null,
                0,
                false,
                LONG_TIMEOUTS,
                null,
                cluster.nodes().stream().map(RedisSettings.Node::parse).toList());
    }

    /** Returns the Cluster slot of an access token's key. */
    static int slot(String digest) {
        return SlotHash.getSlot("portcullis:at:" + digest);
    }

    /** Waits until the cache has accepted one write per digest. The digests are enough to reach every node of a Cluster. */
    @CanIgnoreReturnValue
    RedisFixture awaitUp() {
        Flux.range(0, WARM_UP_DIGESTS)
                .concatMap(i -> cache.putIfAbsent(aDigest(), ALICE, SETTLE_TIME)
                        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20))))
                .then()
                .block(RECOVERY);
        return this;
    }

    /**
     * Returns the number of disruptions after it has stopped changing. With sentinels, the connections are re-established once
     * the master is known.
     */
    @CanIgnoreReturnValue
    long settled() {
        var before = new AtomicLong(-1);
        Await.until("no disruption", RECOVERY, () -> {
            long count = connections.disruptionCount();
            Mono.delay(SETTLE_TIME).block();
            return before.getAndSet(count) == count;
        });
        return before.get();
    }

    static Mono<ErrorCode> failureOf(Mono<?> call) {
        return call.then(Mono.<ErrorCode>empty())
                .onErrorResume(PortcullisException.class, failure -> Mono.just(failure.code()));
    }

    @CanIgnoreReturnValue
    static <T> T value(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(RECOVERY));
    }

    @Override
    public void close() {
        connections.close();
    }
}
