package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.TcpProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests a logout that MySQL aborts after its tombstones were written: MySQL must not accept tokens that Redis
 * refuses.
 */
class UnconfirmedLogoutIT {
    @ParameterizedTest
    @ValueSource(strings = {"FROM refresh_token", "UPDATE auth_session SET ended_at"})
    void logoutWhenMySqlBreaksOffAfterTheTombstonesThenItIsFinishedLater(String statement) {
        try (TcpProxy proxy = CoreCluster.proxyToDatabase();
                CoreCluster cluster = CoreCluster.start();
                CoreNode cutOff = cluster.startNode(proxy.port())) {
            cluster.addAccount("alice");
            var login = cluster.node(0).login("alice");
            cutOff.awaitTrust();
            var broken = proxy.dropResponse(statement);

            var logout = cutOff.logout(login.tokens().access());

            assertThat(logout.error()).isEqualTo(ErrorCode.UNAVAILABLE);
            CoreCluster.assertCut(broken);
            Await.until(
                    "MySQL has it, too",
                    () -> cluster.loginLog(login.sessionId()).size() == 2);
            assertThat(cluster.liveAccessTokens(login.sessionId())).isZero();
            assertThat(cluster.node(0).refresh(login.tokens().refresh()).error())
                    .isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        }
    }

    /** A caller often leaves while MySQL hangs. */
    @Test
    void kickWhenTheCallerHasLeftAndMySqlBreaksOffThenItIsFinishedLater() {
        try (TcpProxy proxy = CoreCluster.proxyToDatabase();
                CoreCluster cluster = CoreCluster.start();
                CoreNode cutOff = cluster.startNode(proxy.port())) {
            cluster.addAccount("alice");
            var login = cluster.node(0).login("alice");
            cutOff.awaitTrust();
            var broken = proxy.dropResponse("UPDATE auth_session SET ended_at");

            cutOff.services()
                    .terminator()
                    .end(login.sessionId(), EndReason.KICKED, new Actor("admin", CoreNode.CLIENT))
                    .subscribe()
                    .dispose();

            Await.until(
                    "MySQL has it, too",
                    () -> cluster.loginLog(login.sessionId()).size() == 2);
            CoreCluster.assertCut(broken);
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_KICKED);
        }
    }

    @Test
    void refreshWhenMySqlFailsAfterTheTombstonesOfAReuseThenFinishedLater() {
        try (TcpProxy proxy = CoreCluster.proxyToDatabase();
                CoreCluster cluster = CoreCluster.start();
                CoreNode cutOff = cluster.startNode(proxy.port())) {
            cluster.addAccount("alice");
            var login = cluster.node(0).login("alice");
            var next = cluster.node(0).refresh(login.tokens().refresh()).get();
            cluster.clock().advance(CoreCluster.LIFETIMES.grace());
            cutOff.awaitTrust();
            var broken = proxy.dropResponse("UPDATE auth_session SET ended_at");

            var reuse = cutOff.refresh(login.tokens().refresh());

            assertThat(reuse.error()).isEqualTo(ErrorCode.UNAVAILABLE);
            CoreCluster.assertCut(broken);
            Await.until(
                    "MySQL has it, too",
                    () -> cluster.loginLog(login.sessionId()).contains("REUSE/SUCCESS/-"));
            assertThat(cluster.liveAccessTokens(login.sessionId())).isZero();
            assertThat(cluster.node(0).refresh(next.tokens().refresh()).error()).isEqualTo(ErrorCode.SESSION_REUSE);
            cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_REUSE);
        }
    }
}
