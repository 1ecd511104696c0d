package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.KeyRing;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests logouts with tokens that MySQL does not know, or whose key the node does not have. */
class LogoutUnknownTokenIT {
    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice", "admin");
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

        cluster.node(0).assertLogsOut(login.tokens().access());
        cluster.node(0).assertLogsOut(refreshOnly.tokens().refresh());

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

        cluster.node(0).assertLogsOut(login.tokens().access());

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
    }

    /** The first logout finds no row of the access token, so Redis still accepts the token. */
    @Test
    void logoutWhenEndedAndMySqlDoesNotKnowTheTokenThenTheTokenIsDead() {
        var login = cluster.node(0).login("alice");
        cluster.sql().update("DELETE FROM access_token WHERE session_id = '" + login.sessionId() + "'");
        cluster.node(0).assertLogsOut(login.tokens().refresh());
        cluster.assertEverywhere(login.tokens().access(), null);

        cluster.node(0).assertLogsOut(login.tokens().access());

        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
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
            other.awaitTrust();
            other.assertLogsOut(current.tokens().access());
            other.assertLogsOut(refreshOnly.tokens().refresh());
            other.assertLogsOut(unknown.tokens().access());
            other.assertLogsOut(inRedisAlone.tokens().access());
        }
        for (var login : List.of(current, refreshOnly, unknown, inRedisAlone)) {
            cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
        }
        assertThat(cluster.loginLog(inRedisAlone.sessionId())).contains("LOGOUT/SUCCESS/alice");
    }

    /** A flood of forged tokens must neither fill the ledger nor get a success response. */
    @Test
    void logoutWhenManyTokensAreOfNoKnownKeyThenSomeAreRefusedAndFewAreEntered() {
        var forger = cluster.forger();
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

    private static void forget(String sessionId) {
        for (var table : List.of("access_token", "refresh_token")) {
            cluster.sql().update("DELETE FROM " + table + " WHERE session_id = '" + sessionId + "'");
        }
        cluster.sql().update("DELETE FROM auth_session WHERE id = '" + sessionId + "'");
    }
}
