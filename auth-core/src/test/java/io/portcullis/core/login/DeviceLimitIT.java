package io.portcullis.core.login;

import static io.portcullis.core.login.SessionLimits.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.ClientInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the limits on the sessions of one user, one login after the other. */
class DeviceLimitIT {
    private static final String WEB = "web";
    private static final SessionLimits TWO = new SessionLimits(2, WhenFull.EVICT_OLDEST, Set.of());
    private static final SessionLimits TWO_OR_REJECT = new SessionLimits(2, WhenFull.REJECT, Set.of());
    private static final SessionLimits ONE_APP = new SessionLimits(UNLIMITED, WhenFull.EVICT_OLDEST, Set.of("App"));

    private static CoreCluster cluster;

    private String user;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void addUser(TestInfo test) {
        user = test.getTestMethod().orElseThrow().getName().replaceFirst("Then.*", "")
                + test.getDisplayName().hashCode();
        cluster.addAccount(user);
    }

    private Outcome<LoginResult> tryLogin(SessionLimits limits, String device, Set<String> replaces) {
        var client = new ClientInfo("203.0.113.9", "test", device, null);
        var request = new LoginRequest(user, CoreCluster.PASSWORD, client, replaces);
        return Outcome.of(cluster.node(0).services(limits).login().login(request));
    }

    @CanIgnoreReturnValue
    private LoginResult login(SessionLimits limits, String device) {
        var result = tryLogin(limits, device, Set.of()).get();
        cluster.clock().advance(Duration.ofMillis(1));
        return result;
    }

    private static void assertReplaced(LoginResult... logins) {
        for (var login : logins) {
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_REPLACED);
            assertThat(cluster.node(1).refresh(login.tokens().refresh()).error())
                    .isEqualTo(ErrorCode.SESSION_REPLACED);
        }
    }

    private static void assertLive(LoginResult... logins) {
        for (var login : logins) {
            cluster.assertEverywhere(login.tokens().access(), null);
        }
    }

    private long live() {
        return cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL AND user_id = ?", user);
    }

    private long locks() {
        return cluster.sql().number("SELECT COUNT(*) FROM user_lock WHERE user_id = ?", user);
    }

    @Test
    void loginWhenFullThenTheOldestSessionEnds() {
        var first = login(TWO, WEB);
        var second = login(TWO, WEB);
        assertLive(first, second);

        var third = login(TWO, WEB);

        assertReplaced(first);
        assertLive(second, third);
        assertThat(cluster.loginLog(first.sessionId()))
                .containsExactly("LOGIN/SUCCESS/" + user, "REPLACED/SUCCESS/" + user);
        assertThat(cluster.node(0).ends()).anyMatch(end -> end.sessionId().equals(first.sessionId()));
    }

    @Test
    void loginWhenFullAndRejectedThenNothingChangesUntilALogout() {
        var first = login(TWO_OR_REJECT, WEB);
        var second = login(TWO_OR_REJECT, WEB);

        assertThat(tryLogin(TWO_OR_REJECT, WEB, Set.of()).error()).isEqualTo(ErrorCode.TOO_MANY_SESSIONS);

        assertLive(first, second);
        assertThat(cluster.sql().texts("SELECT result FROM login_log WHERE user_id = ? AND session_id IS NULL", user))
                .containsExactly("TOO_MANY_SESSIONS");
        cluster.node(1).assertLogsOut(first.tokens().refresh());
        assertThat(tryLogin(TWO_OR_REJECT, WEB, Set.of()).succeeded()).isTrue();
    }

    static Stream<SessionLimits> bothPolicies() {
        return Stream.of(TWO, TWO_OR_REJECT);
    }

    @ParameterizedTest
    @MethodSource("bothPolicies")
    void refreshWhenFullThenItWorks(SessionLimits limits) {
        var first = login(limits, WEB);
        login(limits, WEB);

        var services = cluster.node(0).services(limits);

        assertThat(Outcome.of(services.refresh()
                                .refresh(first.tokens().refresh().value(), CoreNode.CLIENT))
                        .succeeded())
                .isTrue();
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void loginWhenFullAndThePasswordIsWrongThenOnlyThatIsTold() {
        login(TWO_OR_REJECT, WEB);
        login(TWO_OR_REJECT, WEB);
        var wrong = new LoginRequest(user, "wrong password", CoreNode.CLIENT);

        var refused = Outcome.of(cluster.node(0).services(TWO_OR_REJECT).login().login(wrong));

        assertThat(refused.error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
    }

    @Test
    void loginWhenASessionHasExpiredAndNotEndedThenItDoesNotCount() {
        login(TWO_OR_REJECT, WEB);
        cluster.clock().advance(Duration.ofDays(1));
        login(TWO_OR_REJECT, WEB);
        assertThat(tryLogin(TWO_OR_REJECT, WEB, Set.of()).error()).isEqualTo(ErrorCode.TOO_MANY_SESSIONS);

        cluster.clock().advance(CoreCluster.LIFETIMES.refresh().minusHours(12));

        assertThat(live()).isEqualTo(2);
        assertThat(tryLogin(TWO_OR_REJECT, WEB, Set.of()).succeeded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "APP", " App "})
    void loginWhenOnAnExclusiveDeviceThenTheOtherSessionOnItEnds(String spelling) {
        var other = login(ONE_APP, WEB);
        var first = login(ONE_APP, "app");

        var second = login(ONE_APP, spelling);

        assertReplaced(first);
        assertLive(other, second);
        assertThat(cluster.loginLog(first.sessionId())).contains("REPLACED/SUCCESS/" + user);
    }

    /** The session that is replaced leaves its place to the new one. */
    @Test
    void loginWhenFullAndOnAnExclusiveDeviceThenItTakesThatPlace() {
        var limits = new SessionLimits(2, WhenFull.REJECT, Set.of("app"));
        var app = login(limits, "app");
        var web = login(limits, WEB);

        var newApp = login(limits, "app");

        assertReplaced(app);
        assertLive(web, newApp);
        assertThat(tryLogin(limits, WEB, Set.of()).error()).isEqualTo(ErrorCode.TOO_MANY_SESSIONS);
    }

    @ParameterizedTest
    @MethodSource("bothPolicies")
    void loginWhenFullInABrowserWithASessionThenThatOneGivesWay(SessionLimits limits) {
        var elsewhere = login(limits, WEB);
        var inBrowser = login(limits, WEB);

        var next = tryLogin(limits, WEB, Set.of(inBrowser.sessionId())).get();

        cluster.assertEverywhere(inBrowser.tokens().access(), ErrorCode.SESSION_REPLACED_IN_BROWSER);
        assertLive(elsewhere, next);
        assertThat(cluster.loginLog(inBrowser.sessionId())).contains("REPLACED/SUCCESS/" + user);
    }

    @Test
    void loginWhenTheSessionInTheBrowserIsOfAnotherUserThenItIsNoReasonToAdmit() {
        String full = user;
        login(TWO_OR_REJECT, WEB);
        login(TWO_OR_REJECT, WEB);
        user = full + "2";
        cluster.addAccount(user);
        var other = login(TWO_OR_REJECT, WEB);
        user = full;

        assertThat(tryLogin(TWO_OR_REJECT, WEB, Set.of(other.sessionId())).error())
                .isEqualTo(ErrorCode.TOO_MANY_SESSIONS);
        assertLive(other);
    }

    @Test
    void loginWhenTheLimitWasLoweredThenItEndsAsManyAsNeeded() {
        var before = IntStream.range(0, 9)
                .mapToObj(i -> login(SessionLimits.NONE, WEB))
                .toList();

        var next = login(TWO, WEB);

        assertLive(before.get(8), next);
        before.subList(0, 8).forEach(DeviceLimitIT::assertReplaced);
    }

    @Test
    void loginWhenFarTooManySessionsLiveThenEachEndsABoundedNumber() {
        int sessions = SessionLimiter.MAX_ENDS_BEFORE + 12;
        IntStream.range(0, sessions).forEach(i -> login(SessionLimits.NONE, WEB));

        login(TWO, WEB);
        assertThat(live()).isBetween(3L, 12L);

        login(TWO, WEB);
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void loginWhenNoLimitConcernsItThenItTakesNoLock() {
        login(SessionLimits.NONE, "app");
        login(ONE_APP, WEB);
        assertThat(locks()).isZero();

        login(ONE_APP, "app");
        assertThat(locks()).isEqualTo(1);
    }

    @Test
    void loginWhenTheJanitorRemovedTheLockThenItIsMadeAgain() {
        login(TWO, WEB);
        cluster.clock().advance(Duration.ofDays(1).plusSeconds(1));
        var janitor = cluster.node(0).janitor(JanitorIT.settings(500), cluster.clock(), rows -> rows);
        cluster.node(0).run(janitor.run());
        assertThat(locks()).isZero();

        List<LoginResult> next = List.of(login(TWO, WEB), login(TWO, WEB));

        assertThat(locks()).isEqualTo(1);
        next.forEach(DeviceLimitIT::assertLive);
        assertThat(live()).isEqualTo(2);
    }
}
