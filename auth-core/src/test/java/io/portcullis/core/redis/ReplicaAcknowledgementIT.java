package io.portcullis.core.redis;

import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Verifies that a tombstone counts as written only if enough replicas have acknowledged it. */
@Tag("database-independent")
class ReplicaAcknowledgementIT {
    private static final Duration LIMIT = AccessTokenCacheContract.LIMIT;
    private static final Duration TTL = AccessTokenCacheContract.TTL;
    private static final Duration WAIT = Duration.ofMillis(200);

    private static RedisAccessTokenCache store(RedisFixture redis, int replicas) {
        RedisAccessTokenCache store = new RedisAccessTokenCache(
                redis.connections(), Objects.requireNonNull(redis.connections().acknowledgement(replicas, WAIT)));
        return store;
    }

    private static Mono<Void> revoke(RedisAccessTokenCache store, String digest) {
        return store.revoke(digest, RevocationReason.of(EndReason.LOGOUT), TTL);
    }

    private static void awaitRevoked(RedisAccessTokenCache store, String digest) {
        revoke(store, digest)
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                .block(LIMIT);
    }

    @Test
    void revokeWhenTheReplicaIsFrozenThenUnavailableAlthoughTheMasterHasIt() {
        String digest = aDigest();
        try (RedisSentinel group = RedisSentinel.start();
                RedisFixture redis =
                        RedisFixture.of(RedisFixture.sentinel(group)).awaitUp()) {
            RedisAccessTokenCache store = store(redis, 1);
            awaitRevoked(store, aDigest());
            long replica = group.replicaPids().get(0);
            Signals.stop(replica);
            try {
                assertThat(RedisFixture.failureOf(revoke(store, digest)).blockOptional(LIMIT))
                        .contains(ErrorCode.UNAVAILABLE);
                assertThat(redis.cache().find(digest).block(LIMIT))
                        .isEqualTo(new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
            } finally {
                Signals.resume(replica);
            }
            awaitRevoked(store, digest);
        }
    }

    @Test
    void revokeWhenTheSlotHasMovedThenItsNewMastersReplicaIsAsked() {
        List<String> digests = IntStream.range(0, 8).mapToObj(i -> aDigest()).toList();
        try (RedisCluster cluster = RedisCluster.startWithReplicas();
                RedisFixture redis =
                        RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp()) {
            RedisAccessTokenCache store = store(redis, 1);
            digests.forEach(digest -> awaitRevoked(store, digest));
            digests.forEach(digest -> cluster.moveSlot(RedisFixture.slot(digest), 2));
            digests.forEach(digest -> awaitRevoked(store, digest));

            Signals.stop(cluster.replicaPids().get(2));
            try {
                assertThat(RedisFixture.failureOf(revoke(store, digests.get(0))).blockOptional(LIMIT))
                        .contains(ErrorCode.UNAVAILABLE);
            } finally {
                Signals.resume(cluster.replicaPids().get(2));
            }
        }
    }
}
