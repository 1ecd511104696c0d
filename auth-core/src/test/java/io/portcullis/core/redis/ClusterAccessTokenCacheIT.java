package io.portcullis.core.redis;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.testbed.RedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("database-independent")
class ClusterAccessTokenCacheIT extends AccessTokenCacheContract {
    private static RedisCluster cluster;
    private static RedisFixture redis;

    @BeforeAll
    static void connect() {
        cluster = RedisCluster.start();
        redis = RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp();
    }

    @AfterAll
    static void close() {
        redis.close();
        cluster.close();
    }

    @Override
    protected AccessTokenCache cache() {
        return redis.cache();
    }
}
