package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests invariant I3: after a race of refresh and logout both access tokens are refused, whichever call came first. */
class RefreshLogoutRaceIT {
    private static final int ROUNDS = 500;
    private static final Duration SPREAD = Duration.ofMillis(6);

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    @Test
    void logoutWhenARefreshRacesItThenBothPairsAreDeadWhicheverCameFirst() {
        var handicap = new Race.AdaptiveDelay();
        int refreshed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var login = cluster.node(round).login("alice");
            var presented =
                    round % 3 == 0 ? login.tokens().refresh() : login.tokens().access();
            var refresh = Race.begin(cluster.node(0).refreshing(login.tokens().refresh()), handicap.first(), SPREAD);
            var logout = Race.begin(cluster.node(round / 2).loggingOut(presented), handicap.second(), SPREAD);
            assertThat(logout.join().error()).as("logout, round %d", round).isNull();
            var next = refresh.join();
            handicap.record(next.succeeded());

            List<TokenPair> pairs = new ArrayList<>(List.of(login.tokens()));
            if (next.succeeded()) {
                refreshed++;
                pairs.add(next.get().tokens());
            }
            assertDead(round, pairs);
            assertThat(cluster.liveRefreshTokens(login.sessionId())).isZero();
            assertThat(cluster.liveAccessTokens(login.sessionId())).isZero();
        }
        assertThat(refreshed).as("refreshes that came first").isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
    }

    private static void assertDead(int round, List<TokenPair> pairs) {
        for (var node : cluster.nodes()) {
            for (var pair : pairs) {
                Token access = pair.access();
                assertThat(node.check(access).error())
                        .as("access, round %d", round)
                        .isNotNull();
                assertThat(node.refresh(pair.refresh()).error())
                        .as("refresh, round %d", round)
                        .isNotNull();
            }
        }
    }
}
