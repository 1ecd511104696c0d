package io.portcullis.core.redis;

import static io.portcullis.core.mother.Identities.ALICE;
import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.SetArgs;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Testbed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("database-independent")
class RedisAccessTokenCacheIT extends AccessTokenCacheContract {
    private static RedisFixture redis;

    @BeforeAll
    static void connect() {
        RedisServer server = Testbed.shared().redis();
        redis = RedisFixture.of(RedisSettings.standalone(server.host(), server.port()))
                .awaitUp();
    }

    @AfterAll
    static void close() {
        redis.close();
    }

    @Override
    protected AccessTokenCache cache() {
        return redis.cache();
    }

    private static long ttlMillis(String digest) {
        return RedisFixture.value(redis.connections().commands().pttl("portcullis:at:" + digest));
    }

    @Test
    void putIfAbsentWhenStoredThenTtlIsSet() {
        String digest = aDigest();
        put(digest, ALICE, TTL);

        assertThat(ttlMillis(digest)).isBetween(50_000L, 60_000L);
    }

    @Test
    void revokeWhenNothingIsThereThenTtlIsSet() {
        String digest = aDigest();
        revoke(digest, RevocationReason.of(EndReason.KICKED));

        assertThat(ttlMillis(digest)).isBetween(50_000L, 60_000L);
    }

    @Test
    void expireWhenRedisRefusesItThenWriteRefused() {
        try (RedisServer server = RedisServer.start();
                RedisFixture refusing = RedisFixture.of(RedisSettings.standalone(server.host(), server.port()))
                        .awaitUp()) {
            refusing.cache().putIfAbsent("d", ALICE, TTL).block(TTL);
            String unused = server.execute("ACL", "SETUSER", "default", "-pexpire");

            assertThatThrownBy(() -> refusing.cache().expire("d", TTL).block(TTL))
                    .matches(
                            failure -> RootCause.find(failure, WriteRefusedException.class)
                                    .isPresent(),
                            "is a refused write");
        }
    }

    @Test
    void findWhenValueIsOfAnotherReleaseThenEmpty() {
        String digest = aDigest();
        RedisFixture.value(redis.connections()
                .commands()
                .set("portcullis:at:" + digest, "2\u001fL\u001f...", SetArgs.Builder.px(60_000)));

        assertThat(find(digest)).isEmpty();
    }
}
