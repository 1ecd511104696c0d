package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.Token;
import io.portcullis.testbed.RedisServer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the procedure "Restore MySQL" of docs/operations.md: MySQL is reset to an older dump, and Redis is emptied. */
@Timeout(180)
class RestoreIT {
    private static final List<String> TABLES =
            List.of("account", "auth_session", "access_token", "refresh_token", "revoked_token", "login_log");
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    private RedisServer redis;
    private CoreCluster cluster;

    private LoginResult kept;
    private LoginResult refreshedSince;
    private LoginResult endedSince;
    private LoginResult endedBefore;

    @BeforeEach
    void startAndDump() {
        redis = RedisServer.start();
        cluster = CoreCluster.start(redis);
        cluster.addAccount("amy");
        kept = cluster.node(0).login("amy");
        refreshedSince = cluster.node(0).login("amy");
        endedSince = cluster.node(0).login("amy");
        endedBefore = cluster.node(0).login("amy");
        assertThat(cluster.node(0).logout(endedBefore.tokens().access()).succeeded())
                .isTrue();
        TABLES.forEach(table -> cluster.sql().update("CREATE TABLE dump_" + table + " AS SELECT * FROM " + table));
    }

    @AfterEach
    void stop() {
        cluster.close();
        redis.close();
    }

    private void restore() {
        for (String table : TABLES) {
            cluster.sql().update("DELETE FROM " + table);
            cluster.sql().update("INSERT INTO " + table + " SELECT * FROM dump_" + table);
        }
    }

    private static List<Token> access(LoginResult... logins) {
        return Stream.of(logins).map(login -> login.tokens().access()).toList();
    }

    private void assertAccess(@Nullable ErrorCode expected, List<Token> tokens) {
        tokens.forEach(token -> cluster.assertEverywhere(token, expected));
    }

    /** Shows why the procedure empties Redis: no row in MySQL names the session of these tokens. */
    @Test
    void restoreWhenRedisIsNotEmptiedThenAKickMissesUnknownSessions() {
        cluster.addAccount("bob");
        var newer = cluster.node(1).login("bob");

        cluster.restartAfter(this::restore);

        assertThat(kick("bob")).isZero();
        assertAccess(null, access(newer));
        cluster.restartAfter(() -> cluster.redis().flushall());
        assertAccess(ErrorCode.ACCESS_TOKEN_INVALID, access(newer));
    }

    @Test
    void restoreWhenRedisIsEmptiedThenNoTokenPassesThatMySqlDoesNotKnow() {
        var refreshed =
                cluster.node(1).refresh(refreshedSince.tokens().refresh()).get();
        var newer = cluster.node(1).login("amy");
        assertThat(cluster.node(0).logout(endedSince.tokens().access()).succeeded())
                .isTrue();

        cluster.restartAfter(() -> {
            restore();
            cluster.redis().flushall();
        });

        assertAccess(ErrorCode.ACCESS_TOKEN_INVALID, access(newer, refreshed));
        assertAccess(ErrorCode.SESSION_LOGGED_OUT, access(endedBefore));
        assertAccess(null, access(kept, endedSince));
        assertThat(cluster.node(0).refresh(newer.tokens().refresh()).error())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID);
        assertThat(cluster.node(0).refresh(refreshed.tokens().refresh()).error())
                .as("a token newer than the dump ends its session")
                .isEqualTo(ErrorCode.SESSION_REUSE);
        assertThat(kick("amy")).as("kept and endedSince").isEqualTo(2);
        assertAccess(ErrorCode.SESSION_KICKED, access(kept, endedSince));
    }

    @Test
    void restoreWhenAllSessionsAreDeletedTooThenNothingPasses() {
        var refreshed =
                cluster.node(1).refresh(refreshedSince.tokens().refresh()).get();
        var newer = cluster.node(1).login("amy");
        assertThat(cluster.node(0).logout(endedSince.tokens().access()).succeeded())
                .isTrue();

        cluster.restartAfter(() -> {
            restore();
            for (String table : List.of("auth_session", "access_token", "refresh_token")) {
                cluster.sql().update("DELETE FROM " + table);
            }
            cluster.redis().flushall();
        });

        var unknown = List.of(kept, refreshedSince, endedSince, refreshed, newer);
        assertAccess(ErrorCode.ACCESS_TOKEN_INVALID, access(unknown.toArray(LoginResult[]::new)));
        assertAccess(ErrorCode.SESSION_LOGGED_OUT, access(endedBefore));
        for (var login : unknown) {
            assertThat(cluster.node(0).refresh(login.tokens().refresh()).error())
                    .isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID);
        }
        assertThat(cluster.node(0).refresh(endedBefore.tokens().refresh()).error())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID);
        assertThat(cluster.node(0).login("amy").userId()).isEqualTo("amy");
    }

    private int kick(String user) {
        return cluster.node(0)
                .services()
                .terminator()
                .endAllOf(user, TenantScope.ALL, EndReason.KICKED, ADMIN)
                .blockOptional()
                .orElseThrow();
    }
}
