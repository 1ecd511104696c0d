package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.Actor;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the refreshes that are refused, and those that end the session. */
class RefusedRefreshIT {
    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice", "admin");
    }

    /** The row of the token was deleted long ago; the token itself contains its session. */
    @Test
    void refreshWithATokenSpentLongAgoThenTheSessionEndsForReuse() {
        var login = cluster.node(0).login("alice");
        var current = login;
        for (int i = 0; i < 5; i++) {
            current = cluster.node(i).refresh(current.tokens().refresh()).get();
        }

        assertThat(cluster.node(1).refresh(login.tokens().refresh()).error()).isEqualTo(ErrorCode.SESSION_REUSE);

        assertEndedForReuse(login, current);
    }

    @Test
    void refreshAfterGraceThenTheSessionEndsForReuse() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        cluster.clock().advance(Duration.ofSeconds(10));

        assertThat(cluster.node(1).refresh(login.tokens().refresh()).error()).isEqualTo(ErrorCode.SESSION_REUSE);

        assertEndedForReuse(login, next);
    }

    @Test
    void refreshWithAnOlderGenerationWithinTheWindowThenTheSessionEndsForReuse() {
        var login = cluster.node(0).login("alice");
        var second = cluster.node(0).refresh(login.tokens().refresh()).get();
        var third = cluster.node(1).refresh(second.tokens().refresh()).get();

        assertThat(cluster.node(0).refresh(login.tokens().refresh()).error()).isEqualTo(ErrorCode.SESSION_REUSE);

        assertEndedForReuse(login, third);
    }

    private static void assertEndedForReuse(LoginResult first, LoginResult last) {
        cluster.assertEverywhere(last.tokens().access(), ErrorCode.SESSION_REUSE);
        for (var node : cluster.nodes()) {
            assertThat(node.refresh(last.tokens().refresh()).succeeded()).isFalse();
            assertThat(node.refresh(first.tokens().refresh()).succeeded()).isFalse();
        }
        assertThat(cluster.loginLog(first.sessionId()))
                .containsExactlyInAnyOrder("LOGIN/SUCCESS/alice", "REUSE/SUCCESS/-");
        assertThat(cluster.liveRefreshTokens(first.sessionId())).isZero();
    }

    /** Names are unique in the whole table here, so the account is found, in another tenant than the session. */
    @Test
    void refreshWhenTheAccountIsInAnotherTenantThenTheSessionEnds() {
        cluster.addAccount("mona");
        var login = cluster.node(0).login("mona");
        cluster.sql().update("UPDATE account SET tenant_id = 'two' WHERE id = 'mona'");

        assertThat(cluster.node(1).refresh(login.tokens().refresh()).error())
                .isEqualTo(ErrorCode.SESSION_ACCOUNT_DISABLED);

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED);
        assertThat(cluster.node(0).login("mona").tokens()).isNotNull();
    }

    @Test
    void refreshWhenMySqlWasSetBackThenASpentTokenDoesNotRenewTheSession() {
        var login = cluster.node(0).login("alice");
        var newest = cluster.node(0).refresh(login.tokens().refresh()).get();
        cluster.sql()
                .update("DELETE FROM refresh_token WHERE generation = 2 AND session_id = '" + login.sessionId() + "'");
        cluster.sql().update("UPDATE refresh_token SET used_at = NULL WHERE session_id = '" + login.sessionId() + "'");

        assertThat(cluster.node(0).refresh(newest.tokens().refresh()).succeeded())
                .isFalse();
        assertThat(cluster.node(0).refresh(login.tokens().refresh()).succeeded())
                .isFalse();
    }

    @Test
    void refreshGivenAnAccessTokenThenItIsRefusedAndTheOtherWayRound() {
        var tokens = cluster.node(0).login("alice").tokens();
        var disguised = "pcr_" + tokens.access().value().substring(4);

        for (var text : List.of(tokens.access().value(), disguised, "", "pcr_", "garbage")) {
            assertThat(Outcome.of(cluster.node(0).services().refresh().refresh(text, CoreNode.CLIENT))
                            .error())
                    .isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID);
        }
        assertThat(cluster.node(0).check(tokens.refresh()).error()).isEqualTo(ErrorCode.ACCESS_TOKEN_INVALID);
        cluster.assertEverywhere(tokens.access(), null);
    }

    @Test
    void refreshWhenTheTokenHasExpiredThenItIsRefused() {
        var login = cluster.node(0).login("alice");
        cluster.clock().advance(CoreCluster.LIFETIMES.refresh());

        assertThat(cluster.node(0).refresh(login.tokens().refresh()).error())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_EXPIRED);
    }

    @Test
    void refreshWhenTheAccountWasDisabledThenItIsRefusedAndTheSessionOver() {
        cluster.addAccount("dan");
        var login = cluster.node(0).login("dan");
        var caller = new Actor("root", CoreNode.CLIENT);
        cluster.node(1)
                .run(cluster.node(1)
                        .services()
                        .accounts()
                        .setStatus("dan", AccountStatus.DISABLED, TenantScope.ALL, caller));

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED);
        assertThat(cluster.node(0).refresh(login.tokens().refresh()).succeeded())
                .isFalse();
        assertThat(cluster.loginLog(login.sessionId())).contains("ACCOUNT_DISABLED/SUCCESS/root");
    }

    @Test
    void refreshWhenTheAccountWasDisabledBehindOurBackThenTheSessionReallyEnds() {
        cluster.addAccount("eve");
        var login = cluster.node(0).login("eve");
        cluster.node(0).run(cluster.node(0).disableOnly("eve"));

        assertThat(cluster.node(0).refresh(login.tokens().refresh()).error())
                .isEqualTo(ErrorCode.SESSION_ACCOUNT_DISABLED);

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED);
        assertThat(cluster.sql().texts("SELECT end_reason FROM auth_session WHERE id = ?", login.sessionId()))
                .containsExactly("ACCOUNT_DISABLED");
        assertThat(cluster.loginLog(login.sessionId())).contains("ACCOUNT_DISABLED/SUCCESS/-");
    }

    /** Represents an account that was deleted and recreated under the same username. */
    @Test
    void refreshWhenTheNameIsAnotherAccountsThenItIsRefusedAndTheSessionOver() {
        cluster.addAccount("frank");
        var login = cluster.node(0).login("frank");
        cluster.sql().update("UPDATE account SET id = '" + UUID.randomUUID() + "' WHERE username = 'frank'");

        assertThat(cluster.node(0).refresh(login.tokens().refresh()).error())
                .isEqualTo(ErrorCode.SESSION_ACCOUNT_DISABLED);

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED);
    }

    /** Anybody can make up refresh tokens of a key that no node has. A flood of them must not take the places of genuine refreshes. */
    @Test
    void refreshWhenAFloodHasTokensOfNoKnownKeyThenOnlyTheseAreTooMany() {
        var forger = cluster.forger();
        var genuine = cluster.node(0).login("alice").tokens().refresh();
        List<CompletableFuture<Outcome<LoginResult>>> flood = new ArrayList<>();
        cluster.sql().update("LOCK TABLES refresh_token WRITE");
        try {
            for (int i = 0; i < 400; i++) {
                String forged = forger.mintRefresh(
                                UUID.randomUUID().toString(),
                                1,
                                cluster.clock().instant().plusSeconds(9_999))
                        .value();
                flood.add(Outcome.later(cluster.node(0).services().refresh().refresh(forged, CoreNode.CLIENT))
                        .toFuture());
            }
            Await.until("all but those that wait for MySQL are refused", () -> tooMany(flood) >= 196);
        } finally {
            cluster.sql().update("UNLOCK TABLES");
        }
        flood.forEach(CompletableFuture::join);
        assertThat(cluster.node(0).refresh(genuine).succeeded()).isTrue();
    }

    private static long tooMany(List<CompletableFuture<Outcome<LoginResult>>> calls) {
        return calls.stream()
                .filter(call -> call.isDone() && call.join().error() == ErrorCode.TOO_MANY_REQUESTS)
                .count();
    }
}
