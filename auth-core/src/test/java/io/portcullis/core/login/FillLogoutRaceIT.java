package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.store.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Tests a check that found Redis empty and read MySQL before a logout committed: its fill must not make the token
 * valid again.
 */
class FillLogoutRaceIT {
    private static final int ROUNDS = 400;
    private static final int CHECKS = 6;
    private static final Duration SPREAD = Duration.ofMillis(8);

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    @Test
    void logoutWhenChecksRefillALostEntryThenTheTokenNeverLivesAfterwards() {
        var handicap = new Race.AdaptiveDelay();
        int passed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var login = cluster.node(round).login("alice");
            var access = login.tokens().access();
            assertThat(cluster.redis().del(CoreCluster.key(access))).isEqualTo(1);

            List<CompletableFuture<Outcome<Identity>>> checks = new ArrayList<>();
            for (int i = 0; i < CHECKS; i++) {
                checks.add(Race.begin(cluster.node(i).checking(access), handicap.first(), SPREAD));
            }
            // Redis may lose the tombstone, too, while a fill that read before the logout is running.
            boolean flushes = round % 2 == 0;
            Mono<Void> loss = Mono.fromRunnable(() -> cluster.redis().flushall());
            var lost = Race.begin(flushes ? loss : Mono.empty(), handicap.second(), SPREAD);
            var logout = Race.begin(cluster.node(round / 2).loggingOut(access), handicap.second(), SPREAD);
            assertThat(logout.join().error()).isNull();
            // The checks that are still running may fill after the logout; this is the race under test.
            cluster.assertEverywhere(access, ErrorCode.SESSION_LOGGED_OUT);
            long cameFirst =
                    checks.stream().filter(check -> check.join().succeeded()).count();
            handicap.record(cameFirst > CHECKS / 2);
            passed += Math.toIntExact(cameFirst);
            // Waits for the flush here, because in the next round it would remove the entry of another login.
            assertThat(lost.join().error()).isNull();
            cluster.assertEverywhere(access, ErrorCode.SESSION_LOGGED_OUT);
        }
        assertThat(passed).as("checks that came first").isBetween(ROUNDS / 20, ROUNDS * CHECKS * 19 / 20);
    }
}
