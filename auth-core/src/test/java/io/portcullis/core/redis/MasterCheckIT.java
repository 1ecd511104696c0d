package io.portcullis.core.redis;

import static io.portcullis.core.mother.Identities.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.WriteRefusal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** Verifies that a server is not used if it is a replica from the start or becomes one later. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be set up")
@Tag("database-independent")
class MasterCheckIT {
    private final RedisServer server = RedisServer.start();
    private final RedisClient client = RedisClient.create(RedisURI.create(server.host(), server.port()));

    @AfterEach
    void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        server.close();
    }

    private StatefulRedisConnection<String, String> require(StatefulRedisConnection<String, String> connection) {
        return MasterCheck.require(connection).toCompletableFuture().join();
    }

    @Test
    void requireWhenTheServerIsAMasterThenTheConnection() {
        var connection = client.connect();

        assertThat(require(connection)).isSameAs(connection);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void requireWhenTheServerIsAReplicaThenRefusedAndClosed() {
        WriteRefusal.READ_ONLY.begin(server);
        var connection = client.connect();

        assertThatThrownBy(() -> require(connection))
                .hasRootCauseMessage("role of Redis: not a master (expected: master)");

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void storeWhenItsMasterHasBecomeAReplicaThenNotUsedUntilItIsAMasterAgain() {
        try (RedisFixture redis = RedisFixture.of(RedisSettings.standalone(server.host(), server.port()))
                .awaitUp()) {
            long before = redis.settled();
            WriteRefusal.READ_ONLY.begin(server);

            assertThat(RedisFixture.failureOf(redis.cache().putIfAbsent("d", ALICE, AccessTokenCacheContract.TTL))
                            .blockOptional(AccessTokenCacheContract.LIMIT))
                    .contains(ErrorCode.UNAVAILABLE);

            // The disruption invalidates the replica's replies to reads.
            assertThat(redis.connections().disruptionCount()).isGreaterThan(before);
            assertThat(RedisFixture.failureOf(redis.cache().find("d")).blockOptional(AccessTokenCacheContract.LIMIT))
                    .contains(ErrorCode.UNAVAILABLE);

            WriteRefusal.READ_ONLY.end(server);
            redis.awaitUp();
        }
    }
}
