package io.portcullis.core.redis;

import static io.portcullis.core.mother.Identities.ALICE;
import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.Signals;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("database-independent")
class SentinelAccessTokenCacheIT extends AccessTokenCacheContract {
    private static RedisSentinel group;

    private static RedisFixture redis;

    @BeforeAll
    static void connect() {
        group = RedisSentinel.start();
        redis = connect(group);
        redis.settled();
    }

    private static RedisFixture connect(RedisSentinel group) {
        return RedisFixture.of(RedisFixture.sentinel(group)).awaitUp();
    }

    @AfterAll
    static void close() {
        redis.close();
        group.close();
    }

    @Override
    protected AccessTokenCache cache() {
        return redis.cache();
    }

    @Test
    void findWhenMasterIsKilledThenTheNewMasterAnswers() {
        try (RedisSentinel own = RedisSentinel.start();
                RedisFixture failover = connect(own)) {
            Signals.kill(own.masterPid());
            assertThat(RedisFixture.failureOf(failover.cache().putIfAbsent(aDigest(), ALICE, TTL))
                            .blockOptional(LIMIT))
                    .contains(ErrorCode.UNAVAILABLE);

            failover.awaitUp().cache().putIfAbsent(aDigest(), ALICE, TTL).block(LIMIT);
        }
    }
}
