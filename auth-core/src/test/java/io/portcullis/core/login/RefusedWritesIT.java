package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.WriteRefusal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests a Redis that answers reads and refuses writes: revoked tokens must be refused all the same (I1). */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be set up")
class RefusedWritesIT {
    private static RedisServer redis;
    private static CoreCluster queueing;
    private static CoreCluster rejecting;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
        queueing = CoreCluster.start(redis, WhenRedisFails.QUEUE);
        rejecting = CoreCluster.start(redis, WhenRedisFails.REJECT);
        queueing.addAccount("alice");
        rejecting.addAccount("alice");
    }

    @AfterAll
    static void stop() {
        queueing.close();
        rejecting.close();
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void logoutWhenWritesAreRefusedUnderQueueThenDeadHereAndSoonElsewhere(WriteRefusal refusal) {
        var login = queueing.node(0).login("alice");
        var access = login.tokens().access();
        queueing.assertEverywhere(access, null);
        refusal.begin(redis);
        try {
            assertThat(queueing.node(0).logout(access).error()).isNull();

            assertThat(queueing.node(0).check(access).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
            Await.until(
                    "dead on the other node",
                    () -> queueing.node(1).check(access).error() == ErrorCode.SESSION_LOGGED_OUT);
            assertThat(queueing.nodes()).allMatch(CoreNode::degraded);
        } finally {
            refusal.end(redis);
        }
        queueing.awaitTrust();
        queueing.assertEverywhere(access, ErrorCode.SESSION_LOGGED_OUT);
        assertThat(queueing.redis().get(CoreCluster.key(access))).endsWith("LOGOUT");
    }

    @ParameterizedTest
    @EnumSource
    void logoutWhenWritesAreRefusedUnderRejectThenTheSessionIsWhole(WriteRefusal refusal) {
        var login = rejecting.node(0).login("alice");
        var access = login.tokens().access();
        refusal.begin(redis);
        try {
            assertThat(rejecting.node(0).logout(access).error()).isEqualTo(ErrorCode.UNAVAILABLE);

            rejecting.assertEverywhere(access, null);
            assertThat(rejecting.node(0).degraded()).isTrue();
            assertThat(rejecting.node(0).services().terminator().unconfirmedEnds())
                    .as("ends to finish, though Redis refused the tombstone")
                    .isZero();
        } finally {
            refusal.end(redis);
        }
        rejecting.awaitTrust();
        assertThat(rejecting.node(0).logout(access).error()).isNull();
        rejecting.assertEverywhere(access, ErrorCode.SESSION_LOGGED_OUT);
    }

    @ParameterizedTest
    @EnumSource
    void quietNodesWhenWritesAreRefusedThenNoticeAndRecover(WriteRefusal refusal) {
        refusal.begin(redis);
        try {
            Await.until("noticed", () -> rejecting.nodes().stream().allMatch(CoreNode::degraded));
        } finally {
            refusal.end(redis);
        }
        rejecting.awaitTrust();
    }
}
