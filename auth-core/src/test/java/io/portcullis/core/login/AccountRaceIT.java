package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.TokenPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * Races logins and refreshes at one node with what takes their sessions away at another: a change of the account, or a login beyond
 * the device limit. The system property {@code account-race.rounds} sets the number of rounds.
 */
@Timeout(600)
class AccountRaceIT {
    private static final int ROUNDS = Integer.getInteger("account-race.rounds", 10);
    private static final int LOGINS = 6;
    private static final Duration SPREAD = Duration.ofMillis(6);
    private static final Actor ROOT = new Actor("root", CoreNode.CLIENT);
    private static final String UNENDED = "SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL AND user_id = ?";

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    @ParameterizedTest
    @EnumSource
    void changeWhenARefreshRacesItThenNoPairPassesAfterTheAnswer(Change change) {
        var handicap = new Race.AdaptiveDelay();
        for (int round = 0; round < ROUNDS; round++) {
            String user = "refresh-%s-%d".formatted(change, round);
            cluster.addAccount(user, "editor");
            var login = cluster.node(round).login(user);

            var refresh = Race.begin(cluster.node(0).refreshing(login.tokens().refresh()), handicap.first(), SPREAD);
            var changed = Race.begin(change.of(user, 1), handicap.second(), SPREAD);

            assertThat(changed.join().error()).isNull();
            assertDead(login.tokens(), change.reason);
            var next = refresh.join();
            handicap.record(next.succeeded());
            if (next.succeeded()) {
                assertDead(next.get().tokens(), change.reason);
            }
        }
    }

    private static void assertDead(TokenPair pair, ErrorCode reason) {
        cluster.assertEverywhere(pair.access(), reason);
        for (var node : cluster.nodes()) {
            assertThat(node.refresh(pair.refresh()).error()).isEqualTo(reason);
        }
    }

    @ParameterizedTest
    @EnumSource
    void changeWhenLoginsRaceItThenNoSessionIsOfTheAccountBefore(Change change) {
        for (int round = 0; round < ROUNDS; round++) {
            String user = "login-%s-%d".formatted(change, round);
            cluster.addAccount(user, "editor");

            List<CompletableFuture<Outcome<LoginResult>>> logins = IntStream.range(0, LOGINS)
                    .mapToObj(i -> Race.begin(logIn(user, i), SPREAD.multipliedBy(4)))
                    .toList();
            var changed = Race.begin(change.of(user, 1), SPREAD.multipliedBy(4));

            assertThat(changed.join().error()).isNull();
            logins.forEach(login -> assertNotOfTheAccountBefore(login.join(), change));
            if (change != Change.SET_ROLES) {
                assertThat(cluster.sql().number(UNENDED, user)).isZero();
            }
        }
    }

    private static void assertNotOfTheAccountBefore(Outcome<LoginResult> login, Change change) {
        if (!login.succeeded()) {
            assertThat(login.error()).isEqualTo(change.refusal);
            return;
        }
        for (var node : cluster.nodes()) {
            var check = node.check(login.get().tokens().access());
            if (change == Change.SET_ROLES && check.succeeded()) {
                assertThat(check.get().roles()).containsExactly("reader");
            } else {
                assertThat(check.error()).isEqualTo(change.reason);
            }
        }
    }

    /** Each login comes from an address of its own, so that they do not wait for each other in the login throttle. */
    private static Mono<LoginResult> logIn(String user, int number) {
        var client = new ClientInfo("198.51.100." + number, "test", "app", null);
        return cluster.node(0).services().login().login(new LoginRequest(user, CoreCluster.PASSWORD, client));
    }

    @Test
    void loginBeyondTheLimitWhenTheOldestSessionIsRefreshedThenThatOneIsDeadAndTheNewOneLives() {
        var limits = new SessionLimits(1, WhenFull.EVICT_OLDEST, Set.of());
        var services = cluster.node(1).services(limits);
        var handicap = new Race.AdaptiveDelay();
        for (int round = 0; round < ROUNDS; round++) {
            String user = "evicted-" + round;
            cluster.addAccount(user);
            var oldest = cluster.node(round).login(user);
            cluster.clock().advance(Duration.ofMillis(1));

            var refresh = Race.begin(cluster.node(0).refreshing(oldest.tokens().refresh()), handicap.first(), SPREAD);
            var login = Race.begin(
                    services.login().login(new LoginRequest(user, CoreCluster.PASSWORD, CoreNode.CLIENT)),
                    handicap.second(),
                    SPREAD);

            var newest = login.join().get();
            assertDead(oldest.tokens(), ErrorCode.SESSION_REPLACED);
            var next = refresh.join();
            handicap.record(next.succeeded());
            if (next.succeeded()) {
                assertDead(next.get().tokens(), ErrorCode.SESSION_REPLACED);
            }
            cluster.assertEverywhere(newest.tokens().access(), null);
            assertThat(cluster.sql().number(UNENDED, user)).isEqualTo(1);
        }
    }

    /** A change of an account that ends its sessions. */
    enum Change {
        SET_ROLES(ErrorCode.SESSION_ROLES_CHANGED, null) {
            @Override
            Mono<Void> of(String user, int node) {
                return accounts(node).setRoles(user, Set.of("reader"), TenantScope.ALL, ROOT);
            }
        },
        DISABLE(ErrorCode.SESSION_ACCOUNT_DISABLED, ErrorCode.ACCOUNT_DISABLED) {
            @Override
            Mono<Void> of(String user, int node) {
                return accounts(node).setStatus(user, AccountStatus.DISABLED, TenantScope.ALL, ROOT);
            }
        },
        DELETE(ErrorCode.SESSION_ACCOUNT_DELETED, ErrorCode.BAD_CREDENTIALS) {
            @Override
            Mono<Void> of(String user, int node) {
                return accounts(node).delete(user, TenantScope.ALL, ROOT);
            }
        };

        /** The code of the tokens of the sessions that the change ended. */
        private final ErrorCode reason;
        /** The code of a login that the change overtook; null if such a login succeeds. */
        private final @Nullable ErrorCode refusal;

        Change(ErrorCode reason, @Nullable ErrorCode refusal) {
            this.reason = reason;
            this.refusal = refusal;
        }

        abstract Mono<Void> of(String user, int node);

        private static AccountService accounts(int node) {
            return cluster.node(node).services().accounts();
        }
    }
}
