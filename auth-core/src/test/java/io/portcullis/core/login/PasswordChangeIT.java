package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.store.Identity;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests a user's change of the own password against concurrent resets, ends of sessions and guesses. */
@Timeout(240)
class PasswordChangeIT {
    private static final int ROUNDS = 60;
    private static final Duration SPREAD = Duration.ofMillis(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);
    private static final String RESET = "set by an administrator";
    private static final String CHANGED = "set by the user";

    private static CoreCluster cluster;
    private static PasswordHasher hasher;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        hasher = new PasswordHasher(new CountingEncoder(), 2, 128);
    }

    @AfterAll
    static void stop() {
        hasher.close();
        cluster.close();
    }

    private static AuthServices services(int node) {
        return cluster.node(node).services(hasher);
    }

    private static Identity identity(LoginResult login) {
        return cluster.node(0).check(login.tokens().access()).get();
    }

    private static Mono<Void> changing(AuthServices services, LoginResult login, String current) {
        return services.accounts()
                .changePassword(identity(login), current, CHANGED, new Actor(login.userId(), CoreNode.CLIENT));
    }

    private static String hash(String user) {
        return cluster.sql()
                .texts("SELECT password_hash FROM account WHERE id = ?", user)
                .get(0);
    }

    private static boolean holds(String user, String password) {
        return new CountingEncoder().matches(password, hash(user));
    }

    @Test
    void changeWhenAResetIsAnsweredDuringTheCheckThenTheResetHolds() {
        cluster.addAccount("amy");
        var login = cluster.node(0).login("amy");
        var reset = services(0).accounts().resetPassword("amy", RESET, TenantScope.ALL, ADMIN);
        var encoder = new CountingEncoder(
                () -> Objects.requireNonNull(Outcome.later(reset).block(LIMIT), "answered while the change waits"));
        try (var slow = new PasswordHasher(encoder, 1, 8)) {
            var services = cluster.node(1).services(slow);

            assertThat(Outcome.of(changing(services, login, CoreCluster.PASSWORD))
                            .error())
                    .isEqualTo(ErrorCode.SESSION_PASSWORD_CHANGED);
        }
        assertThat(holds("amy", RESET)).isTrue();
    }

    /** Changes the password without ending sessions, as another program that shares the table might. */
    @Test
    void changeWhenTheHashIsAnotherByThenThenTheOldPasswordIsWrong() {
        cluster.addAccount("bob");
        var login = cluster.node(0).login("bob");
        String other = new CountingEncoder().encode(RESET);
        var encoder = new CountingEncoder(
                () -> cluster.sql().update("UPDATE account SET password_hash = '" + other + "' WHERE id = 'bob'"));
        try (var slow = new PasswordHasher(encoder, 1, 8)) {
            var services = cluster.node(1).services(slow);

            assertThat(Outcome.of(changing(services, login, CoreCluster.PASSWORD))
                            .error())
                    .isEqualTo(ErrorCode.WRONG_CURRENT_PASSWORD);
        }
        assertThat(hash("bob")).isEqualTo(other);
    }

    @Test
    void changeWhenTheSessionWasEndedThenNothingChanges() {
        cluster.addAccount("cat");
        var login = cluster.node(0).login("cat");
        var identity = identity(login);
        assertThat(cluster.node(0).logout(login.tokens().refresh()).succeeded()).isTrue();

        var outcome = Outcome.of(services(0)
                .accounts()
                .changePassword(identity, CoreCluster.PASSWORD, CHANGED, new Actor("cat", CoreNode.CLIENT)));

        assertThat(outcome.error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
        assertThat(holds("cat", CoreCluster.PASSWORD)).isTrue();
    }

    @Test
    void changeWhenAResetRacesItThenTheResetHoldsAndNoSessionIsLeft() {
        int changed = 0;
        long deadlocks = deadlocks();
        var handicap = new Race.AdaptiveDelay();
        for (int round = 0; round < ROUNDS; round++) {
            String user = "user" + round;
            cluster.addAccount(user);
            var login = cluster.node(0).login(user);
            assertThat(cluster.node(1).login(user).userId()).isEqualTo(user);
            var change = Race.begin(changing(services(round), login, CoreCluster.PASSWORD), handicap.first(), SPREAD);
            var reset = Race.begin(
                    services(round + 1).accounts().resetPassword(user, RESET, TenantScope.ALL, ADMIN),
                    handicap.second(),
                    SPREAD);

            assertThat(reset.join().error()).as("reset, round %d", round).isNull();
            boolean succeeded = change.join().succeeded();
            handicap.record(succeeded);
            changed += succeeded ? 1 : 0;

            assertThat(holds(user, RESET))
                    .as("the reset holds, round %d", round)
                    .isTrue();
            assertThat(liveSessions(user)).as("sessions, round %d", round).isZero();
        }
        assertThat(changed).as("changes that came first").isBetween(1, ROUNDS - 1);
        assertThat(deadlocks()).as("deadlocks").isEqualTo(deadlocks);
    }

    /** Two sessions of one user, which both have the old password, change it concurrently. */
    @Test
    void changeWhenAnotherSessionRacesItThenOneOfThemHoldsAndItsSessionIsLeft() {
        for (int round = 0; round < ROUNDS / 3; round++) {
            String user = "pair" + round;
            cluster.addAccount(user);
            var first = cluster.node(0).login(user);
            var second = cluster.node(1).login(user);
            var one = Race.begin(changing(services(0), first, CoreCluster.PASSWORD), SPREAD);
            var other = Race.begin(changing(services(1), second, CoreCluster.PASSWORD), SPREAD);

            var outcomes = List.of(one.join(), other.join());

            assertThat(outcomes.stream().filter(Outcome::succeeded))
                    .as("round %d", round)
                    .hasSize(1);
            assertThat(holds(user, CHANGED)).isTrue();
            assertThat(liveSessions(user)).isEqualTo(1);
        }
    }

    @Test
    void changeWhenGuessedThenTenGuessesAreTakenAndLogged() {
        cluster.addAccount("dan");
        var login = cluster.node(0).login("dan");
        var services = services(0);

        var outcomes = Flux.range(0, 60)
                .flatMap(i -> Outcome.later(changing(services, login, "guess" + i)), 60)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();

        assertThat(outcomes.stream().filter(it -> it.error() == ErrorCode.WRONG_CURRENT_PASSWORD))
                .hasSize(10);
        assertThat(outcomes.stream().filter(it -> it.error() == ErrorCode.TOO_MANY_LOGIN_ATTEMPTS))
                .hasSize(50);
        assertThat(Set.copyOf(cluster.loginLog(login.sessionId())))
                .containsExactlyInAnyOrder(
                        "LOGIN/SUCCESS/dan",
                        "PASSWORD_CHANGED/BAD_CREDENTIALS/dan",
                        "PASSWORD_CHANGED/TOO_MANY_TRIES/dan");
        assertThat(cluster.loginLog(login.sessionId())).hasSize(12);
        assertThat(Outcome.of(services.login().login(new LoginRequest("dan", CoreCluster.PASSWORD, CoreNode.CLIENT)))
                        .error())
                .as("guesses count for logins from there")
                .isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
        var elsewhere = new ClientInfo("198.51.100.77", null, null, null);
        assertThat(Outcome.of(services.login().login(new LoginRequest("dan", CoreCluster.PASSWORD, elsewhere)))
                        .succeeded())
                .isTrue();
    }

    /** Returns the number of deadlocks of the whole server since its start. */
    private static long deadlocks() {
        return cluster.sql()
                .number("SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'");
    }

    private static long liveSessions(String user) {
        return cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE user_id = ? AND ended_at IS NULL", user);
    }
}
