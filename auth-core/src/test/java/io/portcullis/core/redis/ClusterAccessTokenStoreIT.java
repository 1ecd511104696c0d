package io.portcullis.core.redis;

import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.testbed.RedisCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterAccessTokenStoreIT extends AccessTokenStoreContract {
    private static RedisCluster cluster;
    private static RedisFixture redis;

    @BeforeAll
    static void connect() {
        cluster = RedisCluster.start();
        redis = RedisFixture.of(new RedisSettings(
                        "",
                        0,
                        null,
                        null,
                        0,
                        false,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        null,
                        cluster.nodes().stream().map(RedisSettings.Node::parse).toList()))
                .awaitUp();
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
