package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LogoutIT {
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice", "admin");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void logoutWithTheAccessTokenThenTheSessionIsDeadEverywhere() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();

        assertLogsOut(cluster.node(0), next.tokens().access());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNothingYields(login, next);
        assertThat(cluster.loginLog(login.sessionId()))
                .containsExactlyInAnyOrder("LOGIN/SUCCESS/alice", "LOGOUT/SUCCESS/alice");
    }

    @Test
    void logoutWithASupersededAccessTokenThenTheSessionIsDeadEverywhere() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(1).refresh(login.tokens().refresh()).get();

        assertLogsOut(cluster.node(0), login.tokens().access());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNothingYields(login, next);
    }

    @Test
    void logoutWithAnExpiredAccessTokenThenTheSessionIsDeadEverywhere() {
        var login = cluster.node(0).login("alice");
        cluster.clock().advance(CoreCluster.LIFETIMES.access().plusMinutes(2));
        var next = cluster.node(1).refresh(login.tokens().refresh()).get();

        assertLogsOut(cluster.node(0), login.tokens().access());

        cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertNothingYields(login, next);
    }

    @Test
    void logoutWithTheRefreshTokenFreshOrSpentThenTheSessionIsDeadEverywhere() {
        for (boolean spent : List.of(false, true)) {
            var login = cluster.node(0).login("alice");
            var next = cluster.node(1).refresh(login.tokens().refresh()).get();

            assertLogsOut(cluster.node(0), (spent ? login : next).tokens().refresh());

            cluster.assertEverywhere(next.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
            assertNothingYields(login, next);
        }
    }

    /** Represents MySQL restored from an older dump, with Redis left as it was. */
    @Test
    void logoutWhenMySqlDoesNotKnowTheSessionThenTheTokenIsDeadAllTheSame() {
        var login = cluster.node(0).login("alice");
        var refreshOnly = cluster.node(0).login("alice");
        for (var sessionId : List.of(login.sessionId(), refreshOnly.sessionId())) {
            forget(sessionId);
        }
        cluster.assertEverywhere(login.tokens().access(), null);

        assertLogsOut(cluster.node(0), login.tokens().access());
        assertLogsOut(cluster.node(0), refreshOnly.tokens().refresh());

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        assertThat(cluster.sql()
                        .texts(
                                "SELECT reason FROM revoked_token WHERE digest = ?",
                                login.tokens().access().digest()))
                .containsExactly("LOGOUT");
        assertThat(cluster.node(1).refresh(refreshOnly.tokens().refresh()).error())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID);
    }

    /** Represents a restore from a dump that contains the session but not its newest tokens. */
    @Test
    void logoutWhenMySqlDoesNotKnowTheTokenThenTheTokenIsDead() {
        var login = cluster.node(0).login("alice");
        cluster.sql().update("DELETE FROM access_token WHERE session_id = '" + login.sessionId() + "'");
        cluster.assertEverywhere(login.tokens().access(), null);

        assertLogsOut(cluster.node(0), login.tokens().access());

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
    }

    /** The first logout finds no row of the access token, so Redis still accepts the token. */
    @Test
    void logoutWhenEndedAndMySqlDoesNotKnowTheTokenThenTheTokenIsDead() {
        var login = cluster.node(0).login("alice");
        cluster.sql().update("DELETE FROM access_token WHERE session_id = '" + login.sessionId() + "'");
        assertLogsOut(cluster.node(0), login.tokens().refresh());
        cluster.assertEverywhere(login.tokens().access(), null);

        assertLogsOut(cluster.node(0), login.tokens().access());

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
    }

    private static void forget(String sessionId) {
        for (var table : List.of("access_token", "refresh_token")) {
            cluster.sql().update("DELETE FROM " + table + " WHERE session_id = '" + sessionId + "'");
        }
        cluster.sql().update("DELETE FROM auth_session WHERE id = '" + sessionId + "'");
    }

    @Test
    void logoutAtANodeWithoutTheTokensKeyThenTheSessionIsDeadEverywhere() {
        var current = cluster.node(0).login("alice");
        var refreshOnly = cluster.node(0).login("alice");
        var unknown = cluster.node(0).login("alice");
        var inRedisAlone = cluster.node(0).login("alice");
        forget(unknown.sessionId());
        cluster.sql()
                .update("DELETE FROM access_token WHERE digest = '"
                        + inRedisAlone.tokens().access().digest() + "'");
        try (var other = cluster.startNode(KeyRing.of(List.of(KeyRing.newSecret(new SecureRandom()))))) {
            Race.await("it trusts Redis", () -> !other.degraded());
            assertLogsOut(other, current.tokens().access());
            assertLogsOut(other, refreshOnly.tokens().refresh());
            assertLogsOut(other, unknown.tokens().access());
            assertLogsOut(other, inRedisAlone.tokens().access());
        }
        for (var login : List.of(current, refreshOnly, unknown, inRedisAlone)) {
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        }
        assertThat(cluster.loginLog(inRedisAlone.sessionId())).contains("LOGOUT/SUCCESS/alice");
    }

    /** A flood of forged tokens must neither fill the ledger nor get a success response. */
    @Test
    void logoutWhenManyTokensAreOfNoKnownKeyThenSomeAreRefusedAndFewAreEntered() {
        var forger = new TokenCodec(
                KeyRing.of(List.of(KeyRing.newSecret(new SecureRandom()))), cluster.clock(), new SecureRandom());
        var before = cluster.sql().number("SELECT COUNT(*) FROM revoked_token");
        List<Outcome<Void>> answers = Stream.generate(() -> forger.mintAccess(
                        UUID.randomUUID().toString(), cluster.clock().instant().plusSeconds(9_999_999)))
                .limit(200)
                .map(cluster.node(0)::logout)
                .toList();

        long done = answers.stream().filter(Outcome::succeeded).count();
        assertThat(answers).anyMatch(answer -> answer.error() == ErrorCode.TOO_MANY_REQUESTS);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM revoked_token") - before)
                .isEqualTo(done);
        assertThat(cluster.sql()
                        .number(
                                "SELECT COUNT(*) FROM revoked_token WHERE expires_at > ?",
                                cluster.clock()
                                        .instant()
                                        .plus(CoreCluster.LIFETIMES.access())
                                        .toString()
                                        .replace("T", " ")
                                        .replace("Z", "")))
                .isZero();
    }

    @Test
    void logoutTwiceThenTheSecondIsFineAndLogsNothing() {
        var login = cluster.node(0).login("alice");
        assertLogsOut(cluster.node(0), login.tokens().access());
        assertLogsOut(cluster.node(1), login.tokens().access());
        assertLogsOut(cluster.node(1), login.tokens().refresh());

        assertThat(cluster.loginLog(login.sessionId())).hasSize(2);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
    }

    /**
     * The replay repeats the tombstones of the last seconds by the database's clock, so an older date would hide a
     * revocation from it.
     */
    @Test
    void endThenTheLedgerHoldsItUnderThePresentTime() {
        var login = cluster.node(0).login("alice");

        assertLogsOut(cluster.node(0), login.tokens().access());

        assertThat(cluster.sql()
                        .number(
                                "SELECT COUNT(*) FROM revoked_token WHERE digest = ? AND revoked_at = "
                                        + cluster.clock().currentTimeSql(),
                                login.tokens().access().digest()))
                .isEqualTo(1);
    }

    /**
     * Without this write the response could rest on a commit that is not on disk yet, and a crash of MySQL would lose
     * it.
     */
    @Test
    void endWhenTheSessionHasEndedThenTheAnswerIsConfirmedByAWrite() {
        var login = cluster.node(0).login("alice");
        assertLogsOut(cluster.node(0), login.tokens().access());
        var before = cluster.lastSeen(login.sessionId());

        var again = Outcome.of(cluster.node(1)
                .services()
                .terminator()
                .end(login.sessionId(), EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));

        assertThat(again.get()).isEqualTo(EndResult.ALREADY_ENDED);
        assertThat(cluster.lastSeen(login.sessionId())).isNotEqualTo(before);
    }

    @Test
    void kickWhenOneSessionCannotBeEndedThenTheOthersAreDeadAndItSaysSo() {
        cluster.addAccount("carol");
        var logins =
                Stream.generate(() -> cluster.node(0).login("carol")).limit(3).toList();
        var held = logins.get(1);
        cluster.sql().update("BEGIN");
        assertThat(cluster.sql().texts("SELECT id FROM auth_session WHERE id = ? FOR UPDATE", held.sessionId()))
                .hasSize(1);

        var kick = Outcome.of(cluster.node(0)
                .services()
                .terminator()
                .endAllOf(held.userId(), EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));

        cluster.sql().update("ROLLBACK");
        assertThat(kick.error()).isEqualTo(ErrorCode.UNAVAILABLE);
        cluster.assertEverywhere(logins.get(0).tokens().access(), ErrorCode.SESSION_KICKED);
        cluster.assertEverywhere(logins.get(2).tokens().access(), ErrorCode.SESSION_KICKED);
    }

    @Test
    void logoutLeavesTheUsersOtherSessionsAlone() {
        var other = cluster.node(0).login("alice");
        var login = cluster.node(0).login("alice");

        assertLogsOut(cluster.node(0), login.tokens().access());

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
    void kickThenTheLogNamesTheAdministrator() {
        var login = cluster.node(0).login("alice");
        var terminator = cluster.node(1).services().terminator();

        var result =
                Outcome.of(terminator.end(login.sessionId(), EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));

        assertThat(result.get()).isEqualTo(EndResult.ENDED);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_KICKED);
        assertThat(cluster.loginLog(login.sessionId()))
                .containsExactlyInAnyOrder("LOGIN/SUCCESS/alice", "KICKED/SUCCESS/root");
        assertThat(Outcome.of(terminator.end("none", EndReason.KICKED, new Actor("root", CoreNode.CLIENT)))
                        .get())
                .isEqualTo(EndResult.NOT_FOUND);
    }

    @Test
    void logoutThenTombstonesExpireAndTheLedgerIsApplied() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        assertLogsOut(cluster.node(0), next.tokens().access());

        for (var access : List.of(login.tokens().access(), next.tokens().access())) {
            assertThat(cluster.redis().pttl(CoreCluster.key(access)))
                    .isBetween(1L, CoreCluster.LIFETIMES.access().plusMinutes(2).toMillis());
            assertThat(cluster.sql().texts("SELECT reason FROM revoked_token WHERE digest = ?", access.digest()))
                    .containsExactly("LOGOUT");
        }
        Race.await("the replay notes that they are there", () -> cluster.unapplied() == 0);
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
        assertLogsOut(cluster.node(0), ended.tokens().access());
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

    private static void assertLogsOut(CoreNode node, Token token) {
        assertThat(node.logout(token).error()).isNull();
    }

    /** Neither generation yields a pair, although both are within the grace window. */
    private static void assertNothingYields(LoginResult first, LoginResult last) {
        for (var node : cluster.nodes()) {
            for (TokenPair pair : List.of(first.tokens(), last.tokens())) {
                assertThat(node.refresh(pair.refresh()).error()).isNotNull().isNotEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(node.check(pair.access()).error()).isNotNull().isNotEqualTo(ErrorCode.UNAVAILABLE);
            }
        }
        assertThat(cluster.liveRefreshTokens(first.sessionId())).isZero();
    }
}
