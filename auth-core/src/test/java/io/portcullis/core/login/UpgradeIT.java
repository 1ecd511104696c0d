package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.FirstFormat;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenKind;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests the upgrade of a database of schema V1 with live sessions, tokens of the first format, and a row for each
 * refresh.
 */
class UpgradeIT {
    private static final int REFRESHES = 300;

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.startOnFirstSchema();
        cluster.sql()
                .update("INSERT INTO account (id, username, password_hash, status, roles, user_type, created_at)"
                        + " VALUES ('alice', 'alice', '{noop}x', 'ENABLED', '', 'member', "
                        + cluster.time(cluster.clock().instant()) + ")");
    }

    private record OldSession(String id, Token access, Token former, Token refresh, Token spent) {}

    /** Inserts a session as V1 wrote it, after this many refreshes. */
    private static OldSession oldSession() {
        String id = UUID.randomUUID().toString();
        Instant now = cluster.clock().instant();
        Token access = old(TokenKind.ACCESS, now.plus(CoreCluster.LIFETIMES.access()));
        Token former = old(TokenKind.ACCESS, now.plus(CoreCluster.LIFETIMES.access()));
        Token refresh = old(TokenKind.REFRESH, now.plus(CoreCluster.LIFETIMES.refresh()));
        Token spent = old(TokenKind.REFRESH, now.plus(CoreCluster.LIFETIMES.refresh()));
        String past = cluster.time(now.minus(Duration.ofHours(1)));
        cluster.sql()
                .update("INSERT INTO auth_session (id, user_id, username, user_type, roles, ip, scopes, created_at,"
                        + " last_seen_at, last_ip, expires_at) VALUES ('" + id
                        + "', 'alice', 'alice', 'member', '', '192.0.2.1',"
                        + " '', " + past + ", " + past + ", '192.0.2.1', " + cluster.time(now.plus(Duration.ofDays(80)))
                        + ")");
        cluster.sql()
                .update("INSERT INTO access_token (digest, session_id, user_id, expires_at, superseded_at) VALUES "
                        + IntStream.range(0, REFRESHES)
                                .mapToObj(i -> accessRow(FirstFormat.digest("old" + id + i), id, now, past))
                                .collect(Collectors.joining(","))
                        + "," + accessRow(former.digest(), id, now.plusSeconds(900), past)
                        + "," + accessRow(access.digest(), id, now.plusSeconds(1800), "NULL"));
        cluster.sql()
                .update("INSERT INTO refresh_token (digest, session_id, generation, expires_at, used_at) VALUES "
                        + IntStream.range(0, REFRESHES)
                                .mapToObj(i -> refreshRow(
                                        i == 7 ? spent.digest() : FirstFormat.digest("older" + id + i),
                                        id,
                                        i + 1,
                                        past))
                                .collect(Collectors.joining(","))
                        + "," + refreshRow(refresh.digest(), id, REFRESHES + 1, "NULL"));
        return new OldSession(id, access, former, refresh, spent);
    }

    private static Token old(TokenKind kind, Instant expiresAt) {
        String value = FirstFormat.mint(CoreCluster.SECRET, kind, expiresAt);
        return new Token(kind, value, FirstFormat.digest(value), expiresAt);
    }

    private static String accessRow(String digest, String id, Instant expiresAt, String superseded) {
        return "('%s', '%s', 'alice', %s, %s)".formatted(digest, id, cluster.time(expiresAt), superseded);
    }

    private static String refreshRow(String digest, String id, int generation, String used) {
        Instant expiresAt = cluster.clock().instant().plus(Duration.ofDays(29));
        return "('%s', '%s', %d, %s, %s)".formatted(digest, id, generation, cluster.time(expiresAt), used);
    }

    @Test
    void migrateWhenSessionsAreUnderWayThenNoUserIsLoggedOut() {
        var checked = oldSession();
        var refreshed = oldSession();
        var loggedOut = oldSession();
        var formerLogout = oldSession();
        var reused = oldSession();
        cluster.migrate();

        cluster.assertEverywhere(checked.access(), null);
        cluster.assertEverywhere(checked.former(), ErrorCode.ACCESS_TOKEN_INVALID);

        var next = cluster.node(0).refresh(refreshed.refresh()).get();
        assertThat(next.sessionId()).isEqualTo(refreshed.id());
        assertThat(cluster.node(1).refresh(refreshed.refresh()).get()).isEqualTo(next);
        cluster.assertEverywhere(refreshed.access(), null);
        cluster.assertEverywhere(next.tokens().access(), null);
        assertThat(cluster.node(1).refresh(next.tokens().refresh()).succeeded()).isTrue();

        assertThat(cluster.node(0).logout(loggedOut.access()).error()).isNull();
        cluster.assertEverywhere(loggedOut.access(), ErrorCode.SESSION_LOGGED_OUT);
        assertThat(cluster.node(1).refresh(loggedOut.refresh()).succeeded()).isFalse();
        assertThat(cluster.node(0).logout(formerLogout.former()).error()).isNull();
        cluster.assertEverywhere(formerLogout.access(), ErrorCode.SESSION_LOGGED_OUT);

        assertThat(cluster.node(0).refresh(reused.spent()).error()).isEqualTo(ErrorCode.SESSION_REUSE);
        cluster.assertEverywhere(reused.access(), ErrorCode.SESSION_REUSE);
        assertThat(cluster.node(1).refresh(reused.refresh()).succeeded()).isFalse();
    }
}
