package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests nodes whose clocks differ by up to a minute (ADR 6): a token that has expired on one node is valid on
 * another.
 */
@Timeout(180)
class ClockSkewIT {
    private static final Duration NEARLY_A_MINUTE = Duration.ofSeconds(59);

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    @Test
    void logoutWhenTheAccessTokenHasJustExpiredHereThenItIsDeadWhereItHasNot() {
        var login = cluster.node(0).login("alice");
        var access = login.tokens().access();
        cluster.clock().advance(CoreCluster.LIFETIMES.access().plus(NEARLY_A_MINUTE));
        try (var behind = cluster.startNode(NEARLY_A_MINUTE.plusSeconds(1).negated())) {
            behind.awaitTrust();
            assertThat(behind.check(access).error()).isNull();

            assertThat(cluster.node(0).logout(login.tokens().refresh()).error()).isNull();

            assertThat(behind.check(access).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
        }
        assertThat(cluster.sql().texts("SELECT digest FROM revoked_token")).contains(access.digest());
    }

    @Test
    void forceKickWhenTheNodesClockIsFarAheadThenEverySessionEnds() {
        cluster.addAccount("bob");
        var login = cluster.node(0).login("bob");
        try (var ahead = cluster.startNode(Duration.ofDays(100))) {
            assertThat(Outcome.of(ahead.services()
                                    .terminator()
                                    .endAllOf(
                                            "bob", TenantScope.ALL, EndReason.KICKED, new Actor(null, CoreNode.CLIENT)))
                            .get())
                    .isEqualTo(1);
        }

        assertThat(cluster.node(0).refresh(login.tokens().refresh()).succeeded())
                .isFalse();
    }

    @Test
    void logoutThenTheTombstoneOutlivesTheTokenByAMinute() {
        var login = cluster.node(0).login("alice");

        assertThat(cluster.node(0).logout(login.tokens().access()).error()).isNull();

        assertThat(cluster.redis().pttl(CoreCluster.key(login.tokens().access())))
                .isGreaterThan(CoreCluster.LIFETIMES.access().plusSeconds(30).toMillis())
                .isLessThanOrEqualTo(
                        CoreCluster.LIFETIMES.access().plusSeconds(60).toMillis());
    }
}
