package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests outages of Redis: frozen, so that no command ends, or stopped, so that its data is lost (docs/design.md
 * section 8).
 */
@Tag("database-independent")
class RedisFailureIT {
    private RedisServer redis;
    private CoreCluster cluster;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        cluster = CoreCluster.start(redis);
        cluster.addAccount("alice", "admin");
    }

    @AfterEach
    void stop() {
        cluster.close();
        redis.close();
    }

    @Test
    void logoutWhenRedisIsFrozenThenRefusedAndFinishedWhenRedisIsBack() {
        var login = cluster.node(0).login("alice");
        var other = cluster.node(1).login("alice");
        Signals.stop(redis.pid());
        try {
            assertThat(cluster.node(0).logout(login.tokens().access()).error()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(cluster.node(0).logout(login.tokens().refresh()).error()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(1);
            assertThat(cluster.liveAccessTokens(login.sessionId())).isEqualTo(1);
            assertThat(cluster.loginLog(login.sessionId())).containsExactly("LOGIN/SUCCESS/alice");
            cluster.assertEverywhere(login.tokens().access(), null);
        } finally {
            Signals.resume(redis.pid());
        }
        // Redis received the tombstone, and may have executed it.
        Await.until("the end is finished in the background", () -> cluster.liveRefreshTokens(login.sessionId()) == 0);
        cluster.awaitTrust();

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertThat(cluster.node(1).refresh(login.tokens().refresh()).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
        cluster.assertEverywhere(other.tokens().access(), null);
    }

    @Test
    void loginAndRefreshWhenRedisIsFrozenThenTheirTokensPass() {
        var before = cluster.node(0).login("alice");
        Signals.stop(redis.pid());
        LoginResult login;
        LoginResult next;
        try {
            login = cluster.node(0).login("alice");
            cluster.assertEverywhere(login.tokens().access(), null);
            next = cluster.node(1).refresh(login.tokens().refresh()).get();
            cluster.assertEverywhere(next.tokens().access(), null);
            cluster.assertEverywhere(before.tokens().access(), null);
            cluster.assertEverywhere(login.tokens().access(), null);
            cluster.clock().advance(CoreCluster.LIFETIMES.grace());
            for (var node : cluster.nodes()) {
                assertThat(node.check(login.tokens().access()).error())
                        .isNotNull()
                        .isNotEqualTo(ErrorCode.UNAVAILABLE);
            }
        } finally {
            Signals.resume(redis.pid());
        }
        cluster.awaitTrust();
        cluster.assertEverywhere(next.tokens().access(), null);
        cluster.awaitSuperseded(login.tokens().access());
        assertThat(cluster.node(1).refresh(next.tokens().refresh()).succeeded()).isTrue();
    }

    @Test
    void loginRefreshAndLogoutWhenRedisIsGoneThenOnlyLogoutWaitsForItsReturn() {
        int port = redis.port();
        var before = cluster.node(0).login("alice");
        redis.close();
        var login = cluster.node(0).login("alice");
        var next = cluster.node(1).refresh(login.tokens().refresh()).get();
        cluster.assertEverywhere(next.tokens().access(), null);
        cluster.assertEverywhere(before.tokens().access(), null);
        cluster.assertEverywhere(login.tokens().access(), null);
        cluster.clock().advance(CoreCluster.LIFETIMES.grace());
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.ACCESS_TOKEN_SUPERSEDED);
        assertThat(cluster.node(0).logout(before.tokens().access()).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(cluster.node(0).services().terminator().unconfirmedEnds())
                .as("ends to finish, though the tombstone was not sent")
                .isZero();
        cluster.assertEverywhere(before.tokens().access(), null);
        assertThat(cluster.unapplied())
                .as("the superseded token waits in the ledger")
                .isEqualTo(1);

        redis = RedisServer.start(port);
        cluster.awaitTrust();

        assertThat(cluster.unapplied()).isZero();
        cluster.assertEverywhere(before.tokens().access(), null);
        cluster.assertEverywhere(next.tokens().access(), null);
        assertThat(cluster.redis().get(CoreCluster.key(before.tokens().access())))
                .isNotNull();
        assertThat(cluster.node(0).logout(before.tokens().access()).error()).isNull();
        cluster.assertEverywhere(before.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        cluster.assertEverywhere(next.tokens().access(), null);
    }
}
