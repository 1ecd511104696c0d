package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.throttle.LoginThrottle;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Tests what changes of accounts do to sessions, and what the login log has of them. */
@Timeout(120)
class AccountAdministrationIT {
    private static final String NEXT = "the next passphrase";
    private static final Actor ROOT = new Actor("root", new ClientInfo("203.0.113.77", "console", null, null));

    private static CoreCluster cluster;
    private static PasswordHasher hasher;

    private final String user = "user-" + UUID.randomUUID();

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

    private static AccountService accounts() {
        return cluster.node(0).services(hasher).accounts();
    }

    private static void run(Mono<?> change) {
        cluster.node(0).run(change);
    }

    /** Returns the entries of the user's account that have no session. */
    private static List<String> audit(String userId) {
        return cluster.sql()
                .texts(
                        "SELECT CONCAT(type, '/', result, '/', username, '/', COALESCE(actor, '-'), '/', ip, '/',"
                                + " COALESCE(user_agent, '-'), '/', COALESCE(detail, '-')) FROM login_log"
                                + " WHERE user_id = ? AND session_id IS NULL",
                        userId);
    }

    private String entry(String type, String detail) {
        return type + "/SUCCESS/" + user + "/root/203.0.113.77/console/" + detail;
    }

    @Test
    void changesWhenAnAdministratorMakesThemThenEachIsLogged() {
        var account = Outcome.of(accounts()
                        .create(
                                new NewAccount(user, CoreCluster.PASSWORD, Set.of("b", "a"), "member"),
                                TenantScope.ALL,
                                ROOT))
                .get();
        String id = account.id();

        run(accounts().setRoles(id, Set.of("c"), TenantScope.ALL, ROOT));
        run(accounts().setRoles(id, Set.of(), TenantScope.ALL, ROOT));
        run(accounts().setStatus(id, AccountStatus.DISABLED, TenantScope.ALL, ROOT));
        run(accounts().setStatus(id, AccountStatus.ENABLED, TenantScope.ALL, ROOT));
        run(accounts().resetPassword(id, NEXT, TenantScope.ALL, ROOT));
        run(accounts().delete(id, TenantScope.ALL, ROOT));

        assertThat(audit(id))
                .containsExactlyInAnyOrder(
                        entry("ACCOUNT_CREATED", "roles [a, b], user type member"),
                        entry("ROLES_CHANGED", "roles [a, b] to [c]"),
                        entry("ROLES_CHANGED", "roles [c] to []"),
                        entry("ACCOUNT_DISABLED", "-"),
                        entry("ACCOUNT_ENABLED", "-"),
                        entry("PASSWORD_RESET", "-"),
                        entry("ACCOUNT_DELETED", "roles [], user type member"));
    }

    @Test
    void changeOfTheOwnPasswordWhenItIsMadeThenLogged() {
        cluster.addAccount(user);
        var login = cluster.node(0).login(user);
        var identity = cluster.node(0).check(login.tokens().access()).get();

        run(accounts().changePassword(identity, CoreCluster.PASSWORD, NEXT, new Actor(user, ROOT.client())));

        assertThat(audit(user))
                .containsExactly("PASSWORD_CHANGED/SUCCESS/" + user + "/" + user + "/203.0.113.77/console/-");
    }

    @Test
    void changesWhenTheyChangeNothingThenNothingIsLoggedAndSessionsLive() {
        cluster.addAccount(user, "user");
        var login = cluster.node(0).login(user);

        run(accounts().setRoles(user, Set.of("user"), TenantScope.ALL, ROOT));
        run(accounts().setStatus(user, AccountStatus.ENABLED, TenantScope.ALL, ROOT));

        assertThat(audit(user)).isEmpty();
        cluster.assertEverywhere(login.tokens().access(), null);
    }

    /** The entry is the last statement before the sessions end, and it fails. */
    @Test
    void changesWhenTheLogRefusesTheEntryThenNothingChanges() {
        cluster.addAccount(user, "user");
        var login = cluster.node(0).login(user);
        String before = row();
        cluster.sql().update("ALTER TABLE login_log RENAME COLUMN detail TO detail_away");
        try {
            assertUnavailable(accounts().setRoles(user, Set.of("admin"), TenantScope.ALL, ROOT));
            assertUnavailable(accounts().setStatus(user, AccountStatus.DISABLED, TenantScope.ALL, ROOT));
            assertUnavailable(accounts().resetPassword(user, NEXT, TenantScope.ALL, ROOT));
            assertUnavailable(accounts().delete(user, TenantScope.ALL, ROOT));
            assertUnavailable(accounts()
                    .create(
                            new NewAccount(user + "-2", CoreCluster.PASSWORD, Set.of(), "member"),
                            TenantScope.ALL,
                            ROOT));
        } finally {
            cluster.sql().update("ALTER TABLE login_log RENAME COLUMN detail_away TO detail");
        }

        assertThat(row()).isEqualTo(before);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM account WHERE username = ?", user + "-2"))
                .isZero();
        cluster.assertEverywhere(login.tokens().access(), null);
    }

    private static void assertUnavailable(Mono<?> change) {
        assertThat(Outcome.of(change).error()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    private String row() {
        return String.join(
                "|", cluster.sql().texts("SELECT status, roles, password_hash FROM account WHERE id = ?", user));
    }

    @Test
    void rolesWhenChangedThenTheSessionsEndAndAnotherLoginHasTheNewOnes() {
        cluster.addAccount(user, "editor");
        var login = cluster.node(0).login(user);

        run(accounts().setRoles(user, Set.of("reader"), TenantScope.ALL, ROOT));

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ROLES_CHANGED);
        assertThat(cluster.node(1).refresh(login.tokens().refresh()).error())
                .isEqualTo(ErrorCode.SESSION_ROLES_CHANGED);
        var next = cluster.node(1).login(user);
        assertThat(cluster.node(0).check(next.tokens().access()).get().roles()).containsExactly("reader");
        assertThat(cluster.loginLog(login.sessionId()))
                .containsExactlyInAnyOrder("LOGIN/SUCCESS/" + user, "ROLES_CHANGED/SUCCESS/root");
    }

    @Test
    void rolesWhenChangedWhileALoginChecksThePasswordThenItsSessionHasTheNewOnes() {
        cluster.addAccount(user, "editor");
        var change = accounts().setRoles(user, Set.of("reader"), TenantScope.ALL, ROOT);
        var encoder = new CountingEncoder(
                () -> Objects.requireNonNull(Outcome.later(change).block()));
        try (var slow = new PasswordHasher(encoder, 1, 8)) {
            var login = login(slow, CoreCluster.PASSWORD).get();

            assertThat(cluster.node(0).check(login.tokens().access()).get().roles())
                    .containsExactly("reader");
        }
        assertThat(encoder.comparisons()).as("the login began anew").isEqualTo(2);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE user_id = ?", user))
                .isEqualTo(1);
    }

    private Outcome<LoginResult> login(PasswordHasher passwords, String password) {
        var throttle = new LoginThrottle(AttemptLimits.defaults(), cluster.clock());
        return Outcome.of(cluster.node(1)
                .services(passwords, throttle)
                .login()
                .login(new LoginRequest(user, password, CoreNode.CLIENT)));
    }

    @Test
    void deleteWhenAnsweredThenTheSessionsAreOverAndTheNameIsFree() {
        var first = Outcome.of(accounts()
                        .create(new NewAccount(user, CoreCluster.PASSWORD, Set.of(), "member"), TenantScope.ALL, ROOT))
                .get();
        var login = login(hasher, CoreCluster.PASSWORD).get();

        run(accounts().delete(first.id(), TenantScope.ALL, ROOT));

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DELETED);
        assertThat(cluster.node(1).refresh(login.tokens().refresh()).error())
                .isEqualTo(ErrorCode.SESSION_ACCOUNT_DELETED);
        assertThat(login(hasher, CoreCluster.PASSWORD).error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        assertThat(Outcome.of(accounts().delete(first.id(), TenantScope.ALL, ROOT))
                        .error())
                .isEqualTo(ErrorCode.NOT_FOUND);
        var second = Outcome.of(
                        accounts().create(new NewAccount(user, NEXT, Set.of(), "member"), TenantScope.ALL, ROOT))
                .get();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(login(hasher, NEXT).get().userId()).isEqualTo(second.id());
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DELETED);
        assertThat(audit(first.id())).hasSize(2);
    }

    @Test
    void deleteWhenALoginChecksThePasswordThenItIsRefused() {
        cluster.addAccount(user);
        var delete = accounts().delete(user, TenantScope.ALL, ROOT);
        var encoder = new CountingEncoder(
                () -> Objects.requireNonNull(Outcome.later(delete).block()));
        try (var slow = new PasswordHasher(encoder, 1, 8)) {
            assertThat(login(slow, CoreCluster.PASSWORD).error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        }
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE user_id = ?", user))
                .isZero();
    }
}
