package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionSettings;
import io.portcullis.testbed.Await;
import java.time.Clock;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Tests which rows the janitor removes, and which it keeps, while nodes run. */
@Timeout(180)
class JanitorIT {
    private CoreCluster cluster;

    @BeforeEach
    void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** Returns settings with an interval of 1 ns, so that each call makes a run. */
    static RetentionSettings settings(int batchSize) {
        return settings(batchSize, Duration.ofDays(1));
    }

    /** Returns settings as {@link #settings(int)}, with tokens kept for this time. */
    static RetentionSettings settings(int batchSize, Duration tokens) {
        return new RetentionSettings(
                Duration.ofNanos(1),
                batchSize,
                Duration.ofSeconds(20),
                CoreCluster.LIFETIMES.grace(),
                tokens,
                Duration.ofDays(30),
                Duration.ofDays(180),
                Duration.ofDays(90),
                Duration.ofDays(30));
    }

    private Janitor janitor(int node, Clock clock) {
        return cluster.node(node).janitor(settings(7), clock, UnaryOperator.identity());
    }

    private void runJanitor() {
        assertThat(Outcome.of(janitor(0, cluster.clock()).run()).error()).isNull();
    }

    private long rows(String table) {
        return cluster.sql().number("SELECT COUNT(*) FROM " + table);
    }

    @Test
    void runWhenGraceIsOverThenTheSealedPairGoesAndTheSessionWorks() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        runJanitor();
        assertThat(rows("refresh_token WHERE sealed_successor IS NOT NULL")).isEqualTo(1);
        assertThat(cluster.node(1).refresh(login.tokens().refresh()).succeeded())
                .isTrue();

        // A node whose clock is a minute behind is still within grace.
        cluster.clock().advance(Duration.ofSeconds(69));
        runJanitor();
        assertThat(rows("refresh_token WHERE sealed_successor IS NOT NULL")).isEqualTo(1);
        cluster.clock().advance(Duration.ofSeconds(2));
        runJanitor();

        assertThat(rows("refresh_token WHERE sealed_successor IS NOT NULL")).isZero();
        assertThat(rows("refresh_token")).isEqualTo(2);
        assertThat(cluster.node(1).refresh(next.tokens().refresh()).succeeded()).isTrue();
    }

    @Test
    void runWhenAccessTokensHaveExpiredThenALogoutStillFindsTheSession() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        cluster.clock().advance(Duration.ofDays(2));
        runJanitor();

        assertThat(cluster.sql().texts("SELECT digest FROM access_token"))
                .containsExactly(next.tokens().access().digest());
        assertThat(rows("revoked_token")).isZero();
        assertThat(cluster.node(1).logout(next.tokens().access()).error()).isNull();
        assertThat(cluster.node(0).refresh(next.tokens().refresh()).succeeded()).isFalse();
    }

    @Test
    void runWhenRevokedThenTheLedgerKeepsItAsLongAsAnyNodeMayHoldItUnexpired() {
        var login = cluster.node(0).login("alice");
        assertThat(cluster.node(0).logout(login.tokens().access()).error()).isNull();
        Duration life = CoreCluster.LIFETIMES.access();

        cluster.clock().advance(life.plus(Duration.ofSeconds(119)));
        runJanitor();
        assertThat(rows("revoked_token")).isEqualTo(1);
        cluster.clock().advance(Duration.ofSeconds(2));
        runJanitor();

        assertThat(rows("revoked_token")).isZero();
    }

    @Test
    void runWhenTheLastRefreshTokenHasExpiredThenTheSessionEnds() {
        var idle = cluster.node(0).login("alice");
        var used = cluster.node(0).login("alice");
        cluster.clock().advance(Duration.ofDays(15));
        var next = cluster.node(0).refresh(used.tokens().refresh()).get();
        cluster.clock().advance(Duration.ofDays(15).plusSeconds(59));
        runJanitor();
        assertThat(rows("auth_session WHERE ended_at IS NULL")).isEqualTo(2);

        cluster.clock().advance(Duration.ofSeconds(2));
        runJanitor();

        assertThat(cluster.sql().texts("SELECT id, end_reason FROM auth_session WHERE ended_at IS NOT NULL"))
                .containsExactly(idle.sessionId(), "EXPIRED");
        assertThat(cluster.loginLog(idle.sessionId())).containsExactly("LOGIN/SUCCESS/alice", "EXPIRED/SUCCESS/-");
        assertThat(cluster.sql().texts("SELECT ip FROM login_log WHERE type = 'EXPIRED'"))
                .containsExactly(CoreNode.CLIENT.ip());
        assertThat(rows("access_token WHERE session_id = '" + idle.sessionId() + "'"))
                .isZero();
        assertThat(rows("refresh_token WHERE session_id = '" + idle.sessionId() + "'"))
                .isZero();
        assertThat(cluster.node(1).refresh(next.tokens().refresh()).succeeded()).isTrue();

        cluster.clock().advance(Duration.ofDays(29));
        runJanitor();
        assertThat(rows("auth_session")).isEqualTo(2);
        cluster.clock().advance(Duration.ofDays(2));
        runJanitor();
        assertThat(cluster.sql().texts("SELECT id FROM auth_session")).doesNotContain(idle.sessionId());
    }

    @Test
    void runWhenTheAbsoluteExpiryHasPassedThenTheSessionEndsOnce() {
        assertThat(cluster.node(0).login("alice")).isNotNull();
        cluster.sql().update("UPDATE refresh_token SET expires_at = '2999-01-01'");
        cluster.clock().advance(CoreCluster.LIFETIMES.maxSessionLifetime().plus(Duration.ofMinutes(2)));
        runJanitor();
        runJanitor();

        assertThat(rows("auth_session WHERE end_reason = 'EXPIRED'")).isEqualTo(1);
        assertThat(rows("refresh_token")).isZero();
        assertThat(rows("access_token")).isZero();
        assertThat(rows("login_log WHERE type = 'EXPIRED'")).isEqualTo(1);
        cluster.clock().advance(Duration.ofDays(91));
        runJanitor();
        assertThat(cluster.sql().texts("SELECT type FROM login_log")).containsExactly("EXPIRED");
        assertThat(rows("auth_session")).isZero();
    }

    @Test
    void runWhenTheNodesClockIsAHundredDaysAheadThenNothingEnds() {
        var ended = cluster.node(0).login("alice");
        assertThat(cluster.node(0).logout(ended.tokens().access()).error()).isNull();
        var live = cluster.node(0).login("alice");
        var clocks = new ClockMonitor(
                () -> Mono.fromSupplier(() -> cluster.clock().instant()),
                Clock.offset(cluster.clock(), Duration.ofDays(100)),
                CoreNode.SKEW);

        assertThat(Outcome.of(cluster.node(1)
                                .janitor(settings(7), clocks, UnaryOperator.identity())
                                .run())
                        .error())
                .isNull();

        assertThat(cluster.node(0).check(live.tokens().access()).error()).isNull();
        assertThat(rows("auth_session WHERE ended_at IS NULL")).isEqualTo(1);
        assertThat(rows("revoked_token")).isEqualTo(1);
        // The node with the wrong clock has not taken the lease, so a node with a correct clock can run.
        cluster.clock().advance(Duration.ofDays(40));
        runJanitor();
        assertThat(rows("auth_session WHERE ended_at IS NULL")).isZero();
    }

    @Test
    void startWhenTheIntervalPassesThenItRunsAgainAndAgain() {
        var janitor = janitor(0, cluster.clock());
        janitor.start();
        try (janitor) {
            for (int round = 1; round <= 3; round++) {
                assertThat(cluster.node(0).login("alice")).isNotNull();
                cluster.clock().advance(Duration.ofDays(400));
                int sessions = round;
                // The janitor counts after the commit, and not after it is closed, so the row alone would be seen too
                // early.
                Await.until("ended", () -> janitor.counters().expiredSessions() == sessions);
                assertThat(rows("auth_session WHERE ended_at IS NULL")).isZero();
            }
        }
        assertThat(janitor.counters().expiredSessions()).isEqualTo(3);
    }
}
