package io.portcullis.core.redis;

import static io.portcullis.core.mother.Identities.ALICE;
import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** Tests outages of Redis with separate servers, which the tests stop and freeze. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be stopped")
@Tag("database-independent")
class RedisOutageIT {
    private static final Duration LIMIT = AccessTokenCacheContract.LIMIT;
    private static final Duration TTL = AccessTokenCacheContract.TTL;

    private static RedisFixture fixture(RedisServer server) {
        return RedisFixture.of(RedisSettings.standalone(server.host(), server.port()));
    }

    @CanIgnoreReturnValue
    private static Duration timeToFail(RedisFixture redis) {
        long start = System.nanoTime();
        assertThat(RedisFixture.failureOf(redis.cache().find(aDigest())).blockOptional(LIMIT))
                .contains(ErrorCode.UNAVAILABLE);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void findWhenServerIsStoppedThenUnavailableInTimeAndBackAfterwards() {
        try (RedisServer server = RedisServer.start();
                RedisFixture redis = fixture(server).awaitUp()) {
            Signals.stop(server.pid());
            try {
                assertThat(timeToFail(redis)).isBetween(Duration.ofMillis(80), Duration.ofSeconds(5));
            } finally {
                Signals.resume(server.pid());
            }
            redis.awaitUp();
        }
    }

    @Test
    void putIfAbsentWhenItTimedOutAndRunsLaterThenTombstoneWins() {
        String digest = aDigest();
        try (RedisServer server = RedisServer.start();
                RedisFixture redis = fixture(server).awaitUp();
                RedisFixture other = fixture(server).awaitUp()) {
            Signals.stop(server.pid());
            try {
                assertThat(RedisFixture.failureOf(redis.cache().putIfAbsent(digest, ALICE, TTL))
                                .blockOptional(LIMIT))
                        .contains(ErrorCode.UNAVAILABLE);
            } finally {
                Signals.resume(server.pid());
            }
            other.awaitUp()
                    .cache()
                    .revoke(digest, RevocationReason.of(EndReason.LOGOUT), TTL)
                    .block(LIMIT);
            redis.awaitUp();

            assertThat(other.cache().find(digest).block(LIMIT))
                    .isEqualTo(new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
        }
    }

    @Test
    void findWhenServerEndsThenFailsFastAndReconnects() {
        RedisServer first = RedisServer.start();
        int port = first.port();
        try (RedisFixture redis = fixture(first).awaitUp()) {
            first.close();
            timeToFail(redis);
            timeToFail(redis);
            try (RedisServer second = RedisServer.start(port)) {
                redis.awaitUp();
                assertThat(second.port()).isEqualTo(port);
            }
        }
    }

    @Test
    void createWhenServerIsDownThenUnavailableUntilItIsUp() {
        RedisServer gone = RedisServer.start();
        gone.close();
        try (RedisFixture redis = fixture(gone)) {
            timeToFail(redis);
            try (RedisServer server = RedisServer.start(gone.port())) {
                redis.awaitUp();
                assertThat(server.port()).isEqualTo(gone.port());
            }
        }
    }
}
