package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.Token;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the grace window of a silent refresh, which begins when the successor pair has been sent (ADR 0025). */
@Timeout(180)
class SilentRefreshIT {
    private static final Duration GRACE = CoreCluster.LIFETIMES.grace();

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    private static SilentRefresh silently(int node, Token refresh) {
        return cluster.node(node).refreshSilently(refresh).get();
    }

    private static boolean undelivered(String sessionId) {
        return cluster.sql()
                        .number("SELECT COUNT(*) FROM refresh_token WHERE undelivered AND session_id = ?", sessionId)
                > 0;
    }

    private static void deliver(SilentRefresh refresh) {
        refresh.delivered().run();
        Await.until(
                "the delivery is recorded", () -> !undelivered(refresh.login().sessionId()));
    }

    private static void assertReuse(Token presented, LoginResult login) {
        assertThat(cluster.node(1).refreshSilently(presented).error()).isEqualTo(ErrorCode.SESSION_REUSE);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_REUSE);
        assertThat(cluster.loginLog(login.sessionId())).contains("REUSE/SUCCESS/-");
        assertThat(cluster.liveRefreshTokens(login.sessionId())).isZero();
    }

    @Test
    void refreshWhenThePairWasNotSentThenTheSamePairAfterTheGraceWindow() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh());

        cluster.clock().advance(GRACE.multipliedBy(30));

        for (int node = 0; node < 2; node++) {
            assertThat(silently(node, login.tokens().refresh()).login()).isEqualTo(first.login());
        }
        cluster.assertEverywhere(first.login().tokens().access(), null);
        assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(1);
        assertThat(cluster.liveAccessTokens(login.sessionId())).isEqualTo(1);
        assertThat(cluster.loginLog(login.sessionId())).containsExactly("LOGIN/SUCCESS/alice");
    }

    @Test
    void refreshWhenThePairWasNotSentAndItsAccessTokenRanOutThenTheRefreshTokenIsTheSame() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh()).login().tokens();

        cluster.clock().advance(CoreCluster.LIFETIMES.access());

        var later = silently(1, login.tokens().refresh()).login().tokens();
        assertThat(later.refresh()).isEqualTo(first.refresh());
        assertThat(later.access()).isNotEqualTo(first.access());
        assertThat(silently(0, login.tokens().refresh()).login().tokens()).isEqualTo(later);
        cluster.assertEverywhere(later.access(), null);
        assertThat(cluster.node(0).check(first.access()).succeeded()).isFalse();
        assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(1);
        assertThat(cluster.liveAccessTokens(login.sessionId())).isEqualTo(1);
        assertThat(cluster.node(1).refresh(first.refresh()).succeeded()).isTrue();
    }

    @Test
    void refreshWhenThePairWasSentThenTheGraceWindowBeginsAtThatTime() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh());
        cluster.clock().advance(GRACE.multipliedBy(3));

        deliver(first);

        cluster.clock().advance(GRACE.minusMillis(1));
        assertThat(silently(1, login.tokens().refresh()).login()).isEqualTo(first.login());
        cluster.clock().advance(Duration.ofMillis(1));
        assertReuse(login.tokens().refresh(), first.login());
    }

    @Test
    void refreshWhenOneOfSeveralCallersGotThePairThenTheGraceWindowBegins() {
        var login = cluster.node(0).login("alice");
        List<CompletableFuture<Outcome<SilentRefresh>>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            var call = cluster.node(i)
                    .services()
                    .refresh()
                    .refreshSilently(login.tokens().refresh().value(), CoreNode.CLIENT);
            calls.add(Race.begin(call, Duration.ofMillis(2)));
        }
        List<SilentRefresh> results =
                calls.stream().map(call -> call.join().get()).toList();
        assertThat(results)
                .extracting(SilentRefresh::login)
                .containsOnly(results.get(0).login());
        assertThat(undelivered(login.sessionId())).isTrue();

        deliver(results.get(7));
        cluster.clock().advance(GRACE.dividedBy(2));
        results.forEach(result -> result.delivered().run());

        cluster.clock().advance(GRACE.dividedBy(2));
        assertReuse(login.tokens().refresh(), results.get(0).login());
    }

    @Test
    void refreshWhenTheSuccessorWasPresentedThenTheSpentTokenIsReuse() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh()).login();
        var second = silently(1, first.tokens().refresh()).login();

        assertReuse(login.tokens().refresh(), second);
    }

    @Test
    void refreshWhenAThiefGotTheUnsentPairThenTheOwnerIsReuse() {
        var login = cluster.node(0).login("alice");
        var lost = silently(0, login.tokens().refresh());
        cluster.clock().advance(GRACE.multipliedBy(2));
        var stolen = silently(1, login.tokens().refresh());
        assertThat(stolen.login()).isEqualTo(lost.login());
        deliver(stolen);

        cluster.clock().advance(GRACE);

        assertReuse(login.tokens().refresh(), stolen.login());
    }

    @Test
    void deliveryWhenMySqlCannotRecordItThenThePairIsYieldedOn() {
        var login = cluster.node(0).login("alice");
        SilentRefresh first;
        try (var proxy = CoreCluster.proxyToDatabase();
                var cutOff = cluster.startNode(proxy.port())) {
            first = cutOff.refreshSilently(login.tokens().refresh()).get();
            proxy.refuse();
            proxy.cut();

            first.delivered().run();

            Await.until("the record has failed", () -> cutOff.inFlight() == 0);
        }
        cluster.clock().advance(GRACE.multipliedBy(2));
        assertThat(silently(1, login.tokens().refresh()).login()).isEqualTo(first.login());
        assertThat(cluster.node(0).refresh(first.login().tokens().refresh()).succeeded())
                .isTrue();
    }

    @Test
    void deliveryWhenMySqlIsBackSoonThenItIsRecorded() {
        var login = cluster.node(0).login("alice");
        try (var proxy = CoreCluster.proxyToDatabase();
                var cutOff = cluster.startNode(proxy.port())) {
            var first = cutOff.refreshSilently(login.tokens().refresh()).get();
            proxy.refuse();
            proxy.cut();
            first.delivered().run();
            Await.until("the first attempt has failed", () -> cutOff.inFlight() == 0);

            proxy.heal();

            Await.until("the delivery is recorded", () -> !undelivered(login.sessionId()));
        }
    }

    @Test
    void refreshWhenOrdinaryThenThePairCountsAsSent() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh());
        cluster.clock().advance(GRACE.multipliedBy(2));

        assertThat(cluster.node(1).refresh(login.tokens().refresh()).get()).isEqualTo(first.login());

        assertThat(undelivered(login.sessionId())).isFalse();
        cluster.clock().advance(GRACE.minusMillis(1));
        assertThat(cluster.node(0).refresh(login.tokens().refresh()).get()).isEqualTo(first.login());
        cluster.clock().advance(Duration.ofMillis(1));
        assertReuse(login.tokens().refresh(), first.login());
    }

    @Test
    void logoutWhenThePairWasNotSentThenNothingYieldsItAgain() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh());
        cluster.node(1).assertLogsOut(login.tokens().refresh());

        first.delivered().run();

        for (var presented :
                List.of(login.tokens().refresh(), first.login().tokens().refresh())) {
            assertThat(cluster.node(0).refreshSilently(presented).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
        }
        cluster.assertEverywhere(first.login().tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertThat(cluster.liveRefreshTokens(login.sessionId())).isZero();
    }

    @Test
    void refreshWhenNeverSentThenTheAbsoluteExpiryStays() {
        var login = cluster.node(0).login("alice");
        var end = cluster.clock().instant().plus(CoreCluster.LIFETIMES.maxSessionLifetime());
        var current = login;
        for (int i = 0; i < 4; i++) {
            cluster.clock().advance(Duration.ofDays(22));
            current = cluster.node(i).refresh(current.tokens().refresh()).get();
        }
        var unsent = silently(0, current.tokens().refresh()).login().tokens();
        cluster.clock().advance(Duration.ofDays(2).minusMinutes(1));

        var last = silently(1, current.tokens().refresh()).login().tokens();

        assertThat(last.refresh()).isEqualTo(unsent.refresh());
        assertThat(List.of(last.access().expiresAt(), last.refresh().expiresAt()))
                .containsOnly(end);
        assertThat(silently(0, current.tokens().refresh()).login().tokens())
                .as("a new access token would not live longer")
                .isEqualTo(last);
        cluster.clock().advance(Duration.ofMinutes(1));
        assertThat(cluster.node(1).refreshSilently(current.tokens().refresh()).error())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_EXPIRED);
    }

    @Test
    void janitorWhenThePairWasNotSentThenKeepsItUntilItWas() {
        var login = cluster.node(0).login("alice");
        var first = silently(0, login.tokens().refresh());
        cluster.clock().advance(Duration.ofHours(1));
        runJanitor();
        var later = silently(1, login.tokens().refresh());
        assertThat(later.login().tokens().refresh())
                .isEqualTo(first.login().tokens().refresh());

        deliver(later);
        runJanitor();
        assertThat(sealed(login)).isEqualTo(1);
        cluster.clock().advance(Duration.ofMinutes(2));
        runJanitor();

        assertThat(sealed(login)).isZero();
    }

    private static void runJanitor() {
        var janitor = cluster.node(0).janitor(JanitorIT.settings(100), cluster.clock(), UnaryOperator.identity());
        assertThat(Outcome.of(janitor.run()).error()).isNull();
    }

    private static long sealed(LoginResult login) {
        return cluster.sql()
                .number(
                        "SELECT COUNT(*) FROM refresh_token WHERE sealed_successor IS NOT NULL AND session_id = ?",
                        login.sessionId());
    }

    /** The connections of the pool are far fewer than these sessions, and each refresh waits for its session's row. */
    @Test
    void refreshWhenManySessionsWaitThenALoginGetsAConnection() {
        List<LoginResult> logins = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            logins.add(cluster.node(0).login("alice"));
        }
        // Otherwise the lock would also cover new rows.
        cluster.sql().update("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
        cluster.sql().update("BEGIN");
        assertThat(cluster.sql().texts("SELECT id FROM auth_session FOR UPDATE"))
                .hasSizeGreaterThanOrEqualTo(60);
        List<CompletableFuture<Outcome<SilentRefresh>>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < 240; i++) {
                var refresh = logins.get(i % logins.size()).tokens().refresh();
                calls.add(Outcome.later(
                                cluster.node(0).services().refresh().refreshSilently(refresh.value(), CoreNode.CLIENT))
                        .toFuture());
            }
            Await.until("refreshes hold connections", () -> cluster.node(0).inFlight() >= 5);

            assertThat(cluster.node(0).login("alice", CoreCluster.PASSWORD).error())
                    .isNull();
        } finally {
            cluster.sql().update("ROLLBACK");
        }
        // Those that waited too long for the row are UNAVAILABLE, and none is a refusal.
        calls.forEach(call -> assertThat(call.join().error()).isIn(null, ErrorCode.UNAVAILABLE));
        assertThat(cluster.node(0)
                        .refreshSilently(logins.get(0).tokens().refresh())
                        .succeeded())
                .isTrue();
    }
}
