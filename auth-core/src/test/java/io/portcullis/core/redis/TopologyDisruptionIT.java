package io.portcullis.core.redis;

import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Verifies that another master is a disruption and is used, and that a refresh of the topology is no disruption. */
@Tag("database-independent")
class TopologyDisruptionIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static void pause(Duration time) {
        Mono.delay(time).block();
    }

    @Test
    void disruptionCountWhenTheTopologyIsRefreshedThenStays() {
        try (RedisCluster cluster = RedisCluster.start();
                RedisFixture redis =
                        RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp()) {
            long before = redis.settled();
            // Lettuce refreshes the topology every 5 s.
            pause(Duration.ofSeconds(6));

            assertThat(redis.connections().disruptionCount()).isEqualTo(before);
        }
    }

    @Test
    void disruptionCountWhenASlotMovesThenRaisedBeforeTheAnswer() {
        String digest = aDigest();
        try (RedisCluster cluster = RedisCluster.start();
                RedisFixture redis =
                        RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp()) {
            redis.cache()
                    .revoke(digest, RevocationReason.of(EndReason.LOGOUT), LIMIT)
                    .block(LIMIT);
            for (int to = 0; to < 3; to++) {
                long before = redis.settled();
                boolean moved = cluster.moveSlot(RedisFixture.slot(digest), to);

                assertThat(redis.cache().find(digest).block(LIMIT)).isNotNull();
                assertThat(redis.connections().disruptionCount() > before).isEqualTo(moved);
            }
        }
    }

    @Test
    void storeWhenAMasterIsKilledThenItsReplicaIsUsedAndThatWasADisruption() {
        try (RedisCluster cluster = RedisCluster.startWithReplicas();
                RedisFixture redis =
                        RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp()) {
            long before = redis.settled();
            Signals.kill(cluster.masterPid(1));
            Await.until("a disruption", LIMIT, () -> redis.connections().disruptionCount() > before);
            long lost = redis.connections().disruptionCount();

            Await.until("all nodes work", LIMIT, () -> worksEverywhere(redis.cache()));

            assertThat(redis.connections().disruptionCount()).isGreaterThan(lost);
        }
    }

    private static boolean worksEverywhere(AccessTokenCache store) {
        for (int i = 0; i < 32; i++) {
            Mono<Void> revoked = store.revoke(aDigest(), RevocationReason.of(EndReason.LOGOUT), LIMIT);
            if (RedisFixture.failureOf(revoked).blockOptional(LIMIT).isPresent()) {
                return false;
            }
        }
        return true;
    }

    @Test
    void storeWhenAFrozenMasterWasReplacedAndGoesOnThenTheNewOneIsUsed() {
        try (RedisSentinel group = RedisSentinel.start();
                RedisFixture redis =
                        RedisFixture.of(RedisFixture.sentinel(group)).awaitUp()) {
            String old = group.master();
            long oldPid = group.masterPid();
            long before = redis.settled();
            Signals.stop(oldPid);
            try {
                assertThat(RedisFixture.failureOf(redis.cache().find("d")).blockOptional(LIMIT))
                        .contains(ErrorCode.UNAVAILABLE);
                Await.until("another master", LIMIT, () -> !group.master().equals(old));
                // The connections to the frozen master are still open; only the sentinels report the new master.
                Await.until(
                        "the new master is used",
                        LIMIT,
                        () -> RedisFixture.failureOf(redis.cache().find("d"))
                                .blockOptional(LIMIT)
                                .isEmpty());
                assertThat(redis.connections().disruptionCount()).isGreaterThan(before);
            } finally {
                Signals.resume(oldPid);
            }
        }
    }
}
