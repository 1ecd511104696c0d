package io.portcullis.core.degraded;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Testbed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import reactor.util.retry.Retry;

/** Runs the contract of the cache through its guard, while Redis is trusted. */
class GuardedAccessTokenCacheIT extends AccessTokenCacheContract {
    /** A connection that comes up late counts as a disruption; the contract is about a Redis that is trusted all the time. */
    private static final long NO_DISRUPTIONS = 0;

    private static final RedisServer server = Testbed.shared().redis();
    private static final RedisConnections redis =
            RedisConnections.create(RedisSettings.standalone(server.host(), server.port()));
    private static final DegradedMode degraded = new DegradedMode(() -> NO_DISRUPTIONS);
    private static final RedisAccessTokenCache unguarded = new RedisAccessTokenCache(redis, null);
    private static final GuardedAccessTokenCache store = new GuardedAccessTokenCache(
            unguarded, new StoreBreaker("Redis", new BreakerSettings(50, LIMIT, 20, 10, LIMIT, 1)), degraded);

    @BeforeAll
    static void trustRedis() {
        unguarded
                .find("none")
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, TTL.dividedBy(1_000)))
                .block(LIMIT);
        assertThat(degraded.leave(degraded.attempt().orElseThrow(), NO_DISRUPTIONS))
                .isTrue();
    }

    @AfterAll
    static void close() {
        redis.close();
    }

    @Override
    protected AccessTokenCache cache() {
        return store;
    }
}
