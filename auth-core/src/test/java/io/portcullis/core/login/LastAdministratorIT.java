package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.Actor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** An enabled account with the role admin is always left. */
@Timeout(180)
class LastAdministratorIT {
    private static final int ROUNDS = 20;
    private static final Actor ROOT = new Actor("root", CoreNode.CLIENT);

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    @BeforeEach
    void disableAll() {
        cluster.sql().update("UPDATE account SET status = 'DISABLED'");
    }

    private static Mono<Void> setting(int node, String user, AccountStatus status) {
        return cluster.node(node).services().accounts().setStatus(user, status, ROOT);
    }

    private static Outcome<Void> disable(String user) {
        return Outcome.of(setting(0, user, AccountStatus.DISABLED));
    }

    private static long active() {
        return cluster.sql().number("SELECT COUNT(*) FROM account WHERE status = 'ENABLED' AND roles LIKE '%admin%'");
    }

    @Test
    void disableWhenItIsTheLastActiveAdministratorThenItsSessionsLive() {
        cluster.addAccount("ann", "admin", "user");
        cluster.addAccount("uma", "user");
        cluster.addAccount("upper", "Admin", "sysadmin", "admin2");
        var login = cluster.node(0).login("ann");

        assertThat(disable("ann").error()).isEqualTo(ErrorCode.CONFLICT);

        assertThat(active()).isEqualTo(2);
        cluster.assertEverywhere(login.tokens().access(), null);
        assertThat(disable("uma").succeeded()).isTrue();
        assertThat(disable("upper").succeeded()).isTrue();
    }

    @Test
    void disableWhenAnotherAdministratorIsActiveThenDone() {
        cluster.addAccount("bea", "admin");
        cluster.addAccount("ben", "user", "admin");

        assertThat(disable("ben").succeeded()).isTrue();
        assertThat(disable("ben").succeeded()).as("again").isTrue();
        assertThat(disable("bea").error()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(Outcome.of(setting(0, "ben", AccountStatus.ENABLED)).succeeded())
                .isTrue();
        assertThat(disable("bea").succeeded()).isTrue();
        assertThat(active()).isEqualTo(1);
    }

    @Test
    void disableWhenTwoAdministratorsDisableEachOtherAtOnceThenOneIsLeft() {
        cluster.addAccount("cat", "admin");
        cluster.addAccount("cyd", "admin");
        for (int round = 0; round < ROUNDS; round++) {
            cluster.sql().update("UPDATE account SET status = 'ENABLED' WHERE id IN ('cat', 'cyd')");

            var first = Race.begin(setting(0, "cat", AccountStatus.DISABLED), Duration.ofMillis(2));
            var second = Race.begin(setting(1, "cyd", AccountStatus.DISABLED), Duration.ofMillis(2));

            assertThat(List.of(first.join(), second.join()))
                    .as("round %d", round)
                    .filteredOn(Outcome::succeeded)
                    .hasSize(1);
            assertThat(active()).isEqualTo(1);
        }
    }
}
