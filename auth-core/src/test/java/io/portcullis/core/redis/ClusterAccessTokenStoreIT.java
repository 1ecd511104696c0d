package io.portcullis.core.redis;

import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.testbed.RedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterAccessTokenStoreIT extends AccessTokenStoreContract {
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
    AccessTokenStore store() {
        return redis.store();
    }
}
