package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.TokenPair;
import io.portcullis.testbed.Await;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which tokens log a session out, and what is left of the session afterwards. */
class LogoutIT {
    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice", "admin");
    }

    @Test
    void logoutWithTheAccessTokenThenTheSessionIsDeadEverywhere() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();

        cluster.node(0).assertLogsOut(next.tokens().access());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNoTokenIsAccepted(login, next);
        assertThat(cluster.loginLog(login.sessionId()))
                .containsExactlyInAnyOrder("LOGIN/SUCCESS/alice", "LOGOUT/SUCCESS/alice");
    }

    @Test
    void logoutWithASupersededAccessTokenThenTheSessionIsDeadEverywhere() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(1).refresh(login.tokens().refresh()).get();

        cluster.node(0).assertLogsOut(login.tokens().access());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNoTokenIsAccepted(login, next);
    }

    @Test
    void logoutWithAnExpiredAccessTokenThenTheSessionIsDeadEverywhere() {
        var login = cluster.node(0).login("alice");
        cluster.clock().advance(CoreCluster.LIFETIMES.access().plusMinutes(2));
        var next = cluster.node(1).refresh(login.tokens().refresh()).get();

        cluster.node(0).assertLogsOut(login.tokens().access());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNoTokenIsAccepted(login, next);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void logoutWithTheRefreshTokenFreshOrSpentThenTheSessionIsDeadEverywhere(boolean spent) {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(1).refresh(login.tokens().refresh()).get();

        cluster.node(0).assertLogsOut((spent ? login : next).tokens().refresh());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNoTokenIsAccepted(login, next);
    }

    @Test
    void logoutTwiceThenTheSecondIsFineAndLogsNothing() {
        var login = cluster.node(0).login("alice");
        cluster.node(0).assertLogsOut(login.tokens().access());
        cluster.node(1).assertLogsOut(login.tokens().access());
        cluster.node(1).assertLogsOut(login.tokens().refresh());

        assertThat(cluster.loginLog(login.sessionId())).hasSize(2);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
    }

    @Test
    void logoutLeavesTheUsersOtherSessionsAlone() {
        var other = cluster.node(0).login("alice");
        var login = cluster.node(0).login("alice");

        cluster.node(0).assertLogsOut(login.tokens().access());

        cluster.assertEverywhere(other.tokens().access(), null);
    }

    @Test
    void logoutWithGarbageOrNothingThenNoStoreIsTouched() {
        var genuine = cluster.node(0).login("alice").tokens().access();
        var value = genuine.value();
        var last = value.endsWith("A") ? "B" : "A";
        var cutOff = cluster.startNode();
        cutOff.close();
        for (var text : List.of("", "garbage", "pca_", value + "A", value.substring(0, value.length() - 1) + last)) {
            assertThat(Outcome.of(cutOff.services().logout().logout(text, CoreNode.CLIENT))
                            .succeeded())
                    .isTrue();
        }
        assertThat(cutOff.logout(genuine).error())
                .as("with its stores gone the node can end no session")
                .isEqualTo(ErrorCode.UNAVAILABLE);
        cluster.assertEverywhere(genuine, null);
    }

    @Test
    void logoutThenTombstonesExpireAndTheLedgerIsApplied() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        cluster.node(0).assertLogsOut(next.tokens().access());

        for (var access : List.of(login.tokens().access(), next.tokens().access())) {
            assertThat(cluster.redis().pttl(CoreCluster.key(access)))
                    .isBetween(1L, CoreCluster.LIFETIMES.access().plusMinutes(2).toMillis());
            assertThat(cluster.sql().texts("SELECT reason FROM revoked_token WHERE digest = ?", access.digest()))
                    .containsExactly("LOGOUT");
        }
        Await.until("the replay notes that they are there", () -> cluster.unapplied() == 0);
        assertThat(cluster.liveAccessTokens(login.sessionId())).isZero();
        assertThat(cluster.redis().keys("*"))
                // Redis returns -1 for a key that never expires. The key may expire between the two calls.
                .allSatisfy(key -> assertThat(cluster.redis().pttl(key)).isNotEqualTo(-1));
    }

    @Test
    void storesHoldNoPlaintextToken() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        var ended = cluster.node(0).login("alice");
        cluster.node(0).assertLogsOut(ended.tokens().access());
        var secrets = Stream.of(login, next, ended)
                .map(LoginResult::tokens)
                .flatMap(pair -> Stream.of(pair.access().value(), pair.refresh().value()))
                .toList();

        var all = everythingInMySql() + everythingInRedis();

        assertThat(all).contains(next.tokens().access().digest());
        assertThat(secrets).noneMatch(all::contains);
        assertThat(secrets).noneMatch(secret -> all.contains(secret.substring(4, 40)));
    }

    private static String everythingInMySql() {
        var tables =
                cluster.sql().texts("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
        assertThat(tables).contains("access_token", "refresh_token", "revoked_token", "auth_session", "login_log");
        var text = new StringBuilder();
        tables.forEach(table -> text.append(cluster.sql().texts("SELECT * FROM " + table)));
        return text.toString();
    }

    private static String everythingInRedis() {
        var text = new StringBuilder();
        for (var key : cluster.redis().keys("*")) {
            text.append(key).append(cluster.redis().get(key));
        }
        return text.toString();
    }

    /** Neither generation yields a pair, although both are within the grace window. */
    private static void assertNoTokenIsAccepted(LoginResult first, LoginResult last) {
        for (var node : cluster.nodes()) {
            for (TokenPair pair : List.of(first.tokens(), last.tokens())) {
                assertThat(node.refresh(pair.refresh()).error()).isNotNull().isNotEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(node.check(pair.access()).error()).isNotNull().isNotEqualTo(ErrorCode.UNAVAILABLE);
            }
        }
        assertThat(cluster.liveRefreshTokens(first.sessionId())).isZero();
    }
}
