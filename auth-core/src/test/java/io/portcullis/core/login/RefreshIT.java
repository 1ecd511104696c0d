package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.Token;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the refreshes that yield a pair of tokens. */
class RefreshIT {
    private static final int CALLERS = 100;

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice", "admin");
    }

    /**
     * Without this write the response could rest on a commit that is not on disk yet, and a crash of MySQL would lose
     * it.
     */
    @Test
    void refreshWhenThePairIsGivenAgainThenTheAnswerIsConfirmedByAWrite() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        var before = cluster.lastSeen(login.sessionId());

        assertThat(cluster.node(1).refresh(login.tokens().refresh()).get()).isEqualTo(next);

        assertThat(cluster.lastSeen(login.sessionId())).isNotEqualTo(before);
    }

    @Test
    void refreshThenTheReplacedAccessTokenPassesUntilTheGraceWindowEnds() {
        var login = cluster.node(0).login("alice");
        var replaced = login.tokens().access();
        assertThat(cluster.node(1).check(replaced).succeeded()).isTrue();

        var next = cluster.node(0).refresh(login.tokens().refresh()).get();

        assertThat(next.sessionId()).isEqualTo(login.sessionId());
        cluster.assertEverywhere(replaced, null);
        assertThat(cluster.redis().pttl(CoreCluster.key(replaced))).isBetween(1L, 10_000L);
        cluster.clock().advance(Duration.ofMillis(9_999));
        cluster.redis().del(CoreCluster.key(replaced));
        cluster.assertEverywhere(replaced, null);
        assertThat(cluster.redis().pttl(CoreCluster.key(replaced)))
                .as("what MySQL fills lasts no longer than the window")
                .isLessThanOrEqualTo(1);
        assertThat(reasons(replaced)).as("the ledger knows the end already").containsExactly("SUPERSEDED");

        cluster.clock().advance(Duration.ofMillis(1));

        cluster.awaitSuperseded(replaced);
        cluster.assertEverywhere(next.tokens().access(), null);
        assertThat(cluster.liveAccessTokens(login.sessionId())).isEqualTo(1);
    }

    private static List<String> reasons(Token access) {
        return cluster.sql().texts("SELECT reason FROM revoked_token WHERE digest = ?", access.digest());
    }

    @Test
    void refreshTwiceWithinGraceThenTheNewestAndTheOneBeforePass() {
        var first = cluster.node(0).login("alice");
        var second = cluster.node(0).refresh(first.tokens().refresh()).get();
        var third = cluster.node(1).refresh(second.tokens().refresh()).get();

        cluster.assertEverywhere(first.tokens().access(), ErrorCode.ACCESS_TOKEN_SUPERSEDED);
        cluster.assertEverywhere(second.tokens().access(), null);
        cluster.assertEverywhere(third.tokens().access(), null);
    }

    @Test
    void refreshFiftyTimesThenTheSessionHasAHandfulOfRowsAndEndsByAHandful() {
        var login = cluster.node(0).login("alice");
        var current = login;
        for (int i = 0; i < 50; i++) {
            current = cluster.node(i).refresh(current.tokens().refresh()).get();
            assertThat(rows("access_token", login)).isLessThanOrEqualTo(2);
            assertThat(rows("refresh_token", login)).isLessThanOrEqualTo(2);
        }
        var ended = cluster.node(0)
                .services()
                .terminator()
                .end(login.sessionId(), EndReason.KICKED, new Actor("root", CoreNode.CLIENT));
        var before = cluster.sql().number("SELECT COUNT(*) FROM revoked_token WHERE reason = 'KICKED'");

        assertThat(Outcome.of(ended).get()).isEqualTo(EndResult.ENDED);

        assertThat(cluster.sql().number("SELECT COUNT(*) FROM revoked_token WHERE reason = 'KICKED'") - before)
                .isEqualTo(2);
        assertThat(rows("access_token", login) + rows("refresh_token", login)).isZero();
    }

    private static long rows(String table, LoginResult login) {
        return cluster.sql().number("SELECT COUNT(*) FROM " + table + " WHERE session_id = ?", login.sessionId());
    }

    /** Clocks may differ by a minute (ADR 6). The grace window is measured by the database's clock. */
    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void refreshWhenTheNodesClocksDifferByAMinuteThenTheWindowIsTheSame(int minutesAhead) {
        try (var other = cluster.startNode(Duration.ofMinutes(minutesAhead))) {
            other.awaitTrust();
            var login = cluster.node(0).login("alice");
            var next = cluster.node(0).refresh(login.tokens().refresh()).get();

            assertThat(other.refresh(login.tokens().refresh()).get()).isEqualTo(next);
            assertThat(other.check(login.tokens().access()).error()).isNull();
            cluster.redis().del(CoreCluster.key(login.tokens().access()));
            assertThat(other.check(login.tokens().access()).error()).isNull();
            var third = other.refresh(next.tokens().refresh()).get();
            assertThat(cluster.node(0).refresh(next.tokens().refresh()).get()).isEqualTo(third);
            cluster.clock().advance(Duration.ofSeconds(10));
            cluster.awaitSuperseded(next.tokens().access());
            assertThat(other.refresh(next.tokens().refresh()).error()).isEqualTo(ErrorCode.SESSION_REUSE);
        }
    }

    /**
     * Represents the first roll-out of configured keys: another node issued the token under a key that this node
     * lacks.
     */
    @Test
    void refreshAtANodeWithoutTheTokensKeyThenItYieldsAPair() {
        var login = cluster.node(0).login("alice");
        try (var other = cluster.startNode(KeyRing.of(List.of(KeyRing.newSecret(new SecureRandom()))))) {
            var next = other.refresh(login.tokens().refresh()).get();

            assertThat(other.check(next.tokens().access()).error()).isNull();
            var again = cluster.node(0).refresh(next.tokens().refresh()).get();
            cluster.assertEverywhere(again.tokens().access(), null);
        }
    }

    @Test
    void refreshWithinGraceThenItYieldsTheSamePairOnEveryNode() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();

        cluster.clock().advance(Duration.ofMillis(9_999));

        for (var node : cluster.nodes()) {
            assertThat(node.refresh(login.tokens().refresh()).get().tokens()).isEqualTo(next.tokens());
        }
        cluster.assertEverywhere(next.tokens().access(), null);
        assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(1);
    }

    @Test
    void refreshWhenOneTokenIsPresentedAHundredTimesAtOnceThenAllGetOnePair() {
        for (int round = 0; round < 3; round++) {
            var login = cluster.node(0).login("alice");
            var calls = new ArrayList<CompletableFuture<Outcome<LoginResult>>>();
            for (int i = 0; i < CALLERS; i++) {
                calls.add(Race.begin(cluster.node(i).refreshing(login.tokens().refresh()), Duration.ofMillis(5)));
            }
            Set<LoginResult> answers = new HashSet<>();
            calls.forEach(call -> answers.add(call.join().get()));

            assertThat(answers).hasSize(1);
            assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(1);
            assertThat(cluster.liveAccessTokens(login.sessionId())).isEqualTo(1);
            cluster.assertEverywhere(login.tokens().access(), null);
            cluster.assertEverywhere(answers.iterator().next().tokens().access(), null);
        }
    }

    @Test
    void refreshThenTheAbsoluteExpiryStays() {
        var login = cluster.node(0).login("alice");
        var end = cluster.clock().instant().plus(CoreCluster.LIFETIMES.maxSessionLifetime());
        var current = login;
        for (int i = 0; i < 3; i++) {
            cluster.clock().advance(Duration.ofDays(29));
            current = cluster.node(i).refresh(current.tokens().refresh()).get();
        }
        assertThat(current.tokens().refresh().expiresAt()).isEqualTo(end);
        cluster.clock().advance(Duration.ofDays(3).minusMillis(1));
        current = cluster.node(0).refresh(current.tokens().refresh()).get();
        assertThat(current.tokens().access().expiresAt()).isEqualTo(end);

        cluster.clock().advance(Duration.ofMillis(1));

        assertThat(cluster.node(1).refresh(current.tokens().refresh()).error())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_EXPIRED);
        assertThat(cluster.node(1).check(current.tokens().access()).succeeded()).isFalse();
    }
}
