package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * Tests that no token revoked during an outage becomes valid again when Redis returns with its old data or with none
 * (I1).
 */
class RecoveryIT {
    private static final int CHECKS = 100;

    private RedisServer redis;
    private CoreCluster cluster;

    @BeforeEach
    void start() {
        redis = RedisServer.startPersistent();
        cluster = CoreCluster.start(redis, WhenRedisFails.QUEUE);
        cluster.addAccount("alice");
    }

    @AfterEach
    void stop() {
        cluster.close();
        redis.close();
    }

    @Test
    void logoutWhenRedisIsFrozenAndPolicyIsQueueThenDeadAtOnceAndEverAfter() {
        var login = cluster.node(0).login("alice");
        var other = cluster.node(1).login("alice");
        Signals.stop(redis.pid());
        try {
            awaitDegraded();
            assertThat(cluster.node(0).logout(login.tokens().access()).error()).isNull();
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
            assertThat(cluster.node(1).refresh(login.tokens().refresh()).error())
                    .isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
            assertThat(cluster.unapplied()).isEqualTo(1);
        } finally {
            Signals.resume(redis.pid());
        }
        // Redis still has the identity. No check may accept the token while the nodes recover, in MySQL or in Redis.
        while (cluster.nodes().stream().anyMatch(CoreNode::degraded)) {
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        }
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertThat(cluster.redis().get(CoreCluster.key(login.tokens().access())))
                .endsWith("LOGOUT");
        assertThat(cluster.unapplied()).isZero();
        cluster.assertEverywhere(other.tokens().access(), null);
    }

    @Test
    void checkWhenRedisReturnsWithOldDataThenTombstonesPrecedeTrust() {
        var login = cluster.node(0).login("alice");
        // A login does not fail when Redis is too slow for it; the check fills the token.
        Await.until("Redis has its identity", () -> {
            cluster.assertEverywhere(login.tokens().access(), null);
            return onDisk(CoreCluster.key(login.tokens().access()));
        });
        byte[] beforeLogout = redis.data();
        assertThat(cluster.node(0).logout(login.tokens().access()).error()).isNull();
        Await.until("the ledger is applied", () -> cluster.unapplied() == 0);
        redis.crash();
        Await.until("both notice", () -> cluster.nodes().stream().allMatch(CoreNode::degraded));

        // Redis loads its data before it responds to any client, so no client of this test has to be faster than the
        // nodes.
        redis.restart(beforeLogout);

        while (cluster.nodes().stream().anyMatch(CoreNode::degraded)) {
            assertThat(cluster.node(0).check(login.tokens().access()).succeeded())
                    .isFalse();
            assertThat(cluster.node(1).check(login.tokens().access()).succeeded())
                    .isFalse();
        }
        // On any event loop, including one whose connection is made only now.
        for (int i = 0; i < CHECKS; i++) {
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        }
        assertThat(cluster.redis().get(CoreCluster.key(login.tokens().access())))
                .endsWith("LOGOUT");
    }

    @Test
    void replayWhenAnEntryIsNotAppliedThenSomeNodeAppliesIt() {
        var login = cluster.node(0).login("alice");
        String stale = Objects.requireNonNull(
                cluster.redis().get(CoreCluster.key(login.tokens().access())));
        assertThat(cluster.node(0).logout(login.tokens().access()).error()).isNull();
        // The tombstone is lost unnoticed, and the ledger entry is older than those that a node counts as recent.
        cluster.redis().set(CoreCluster.key(login.tokens().access()), stale);
        cluster.sql().update("UPDATE revoked_token SET applied_at = NULL, revoked_at = '2020-01-01'");

        Await.until("a node puts it back", () -> cluster.unapplied() == 0);

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
    }

    @Test
    void checkWhenRedisIsEmptiedThenTheLiveAreRefilledAndTheRevokedStayDead() {
        List<LoginResult> logins = Flux.range(0, 400)
                .flatMap(
                        i -> cluster.node(i)
                                .services()
                                .login()
                                .login(new LoginRequest("alice", CoreCluster.PASSWORD, CoreNode.CLIENT)),
                        4)
                .collectList()
                .blockOptional()
                .orElseThrow();
        var ended = logins.subList(0, 50);
        ended.forEach(login -> assertThat(
                        cluster.node(0).logout(login.tokens().refresh()).error())
                .isNull());
        cluster.redis().flushall();

        var results = Flux.fromIterable(logins)
                .flatMapSequential(
                        login -> Outcome.later(
                                cluster.node(0).checking(login.tokens().access())),
                        400)
                .collectList()
                .blockOptional()
                .orElseThrow();

        IntStream.range(0, 50).forEach(i -> assertThat(results.get(i).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT));
        assertThat(results.subList(50, 400))
                .allSatisfy(result -> assertThat(result.error()).isNull());
        assertThat(logins)
                .as("refilled, and the tombstones too")
                .allMatch(login ->
                        cluster.redis().get(CoreCluster.key(login.tokens().access())) != null);
        logins.forEach(login -> assertThat(
                        cluster.node(1).check(login.tokens().access()).succeeded())
                .isEqualTo(!ended.contains(login)));
    }

    private boolean onDisk(String key) {
        return new String(redis.data(), StandardCharsets.UTF_8).contains(key);
    }

    /** Checks until every node is in degraded mode. */
    private void awaitDegraded() {
        var probe = cluster.node(0).login("alice").tokens().access();
        for (var node : cluster.nodes()) {
            Await.until("degraded", () -> {
                assertThat(node.check(probe).error()).isNull();
                return node.degraded();
            });
        }
    }
}
