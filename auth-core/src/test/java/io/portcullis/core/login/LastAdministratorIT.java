package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.Actor;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * An enabled account with the role admin is always left. The system property {@code last-administrator.rounds} sets the number of rounds of
 * a race.
 */
@Timeout(180)
class LastAdministratorIT {
    private static final int ROUNDS = Integer.getInteger("last-administrator.rounds", 20);
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
        return cluster.node(node).services().accounts().setStatus(user, status, TenantScope.ALL, ROOT);
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
    void disableWhenTheOtherAdministersOneTenantThenOnlyThatOne() {
        cluster.addAccount("tess", "admin");
        cluster.addAccount("theo", "admin");
        cluster.sql().update("UPDATE account SET tenant_id = 'one' WHERE id = 'theo'");

        assertThat(disable("tess").error()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(disable("theo").succeeded()).isTrue();
    }

    @Test
    void demoteWhenItIsTheLastActiveAdministratorThenNothingChanges() {
        cluster.addAccount("dot", "admin", "user");
        cluster.addAccount("dan", "user");
        var login = cluster.node(0).login("dot");

        assertThat(Outcome.of(Removal.DEMOTE.of("dot", 0)).error()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(Outcome.of(Removal.DELETE.of("dot", 0)).error()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(Outcome.of(accounts(0).setRoles("dot", Set.of("admin"), TenantScope.ALL, ROOT))
                        .succeeded())
                .as("remains an administrator")
                .isTrue();
        assertThat(Outcome.of(accounts(0).setRoles("dan", Set.of("admin"), TenantScope.ALL, ROOT))
                        .succeeded())
                .isTrue();
        assertThat(Outcome.of(Removal.DELETE.of("dot", 0)).succeeded()).isTrue();

        assertThat(active()).isEqualTo(1);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ROLES_CHANGED);
    }

    /** The oldest of many sessions end before the transaction of the change. */
    @ParameterizedTest
    @EnumSource
    void removeWhenItIsTheLastActiveAdministratorThenItsOldestSessionLives(Removal removal) {
        String user = "eve-" + removal;
        cluster.addAccount(user, "admin");
        var oldest = cluster.node(0).login(user);
        for (int i = 0; i < 7; i++) {
            cluster.clock().advance(Duration.ofMillis(1));
            assertThat(cluster.node(0).login(user).userId()).isEqualTo(user);
        }

        assertThat(Outcome.of(removal.of(user, 0)).error()).isEqualTo(ErrorCode.CONFLICT);

        cluster.assertEverywhere(oldest.tokens().access(), null);
    }

    /** The accounts of a round have ids of their own, because a deletion takes them away. */
    @ParameterizedTest
    @CsvSource({"DISABLE,DISABLE", "DEMOTE,DEMOTE", "DELETE,DELETE", "DISABLE,DEMOTE", "DEMOTE,DELETE", "DELETE,DISABLE"
    })
    void removeWhenTwoAdministratorsDoItToEachOtherAtOnceThenOneIsLeft(Removal first, Removal second) {
        for (int round = 0; round < ROUNDS; round++) {
            cluster.sql().update("UPDATE account SET status = 'DISABLED'");
            String one = "one-%s-%s-%d".formatted(first, second, round);
            String other = "other-%s-%s-%d".formatted(first, second, round);
            cluster.addAccount(one, "admin");
            cluster.addAccount(other, "admin");

            var onOne = Race.begin(first.of(one, 0), Duration.ofMillis(2));
            var onOther = Race.begin(second.of(other, 1), Duration.ofMillis(2));

            var errors = Stream.of(onOne.join().error(), onOther.join().error()).toList();
            assertThat(errors).as("round %d", round).containsExactlyInAnyOrder(null, ErrorCode.CONFLICT);
            assertThat(active()).isEqualTo(1);
        }
    }

    private static AccountService accounts(int node) {
        return cluster.node(node).services().accounts();
    }

    /** A change after which the account is no active administrator. */
    enum Removal {
        DISABLE {
            @Override
            Mono<Void> of(String user, int node) {
                return accounts(node).setStatus(user, AccountStatus.DISABLED, TenantScope.ALL, ROOT);
            }
        },
        DEMOTE {
            @Override
            Mono<Void> of(String user, int node) {
                return accounts(node).setRoles(user, Set.of("user"), TenantScope.ALL, ROOT);
            }
        },
        DELETE {
            @Override
            Mono<Void> of(String user, int node) {
                return accounts(node).delete(user, TenantScope.ALL, ROOT);
            }
        };

        abstract Mono<Void> of(String user, int node);
    }
}
