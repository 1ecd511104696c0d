package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionLifetime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class R2dbcSessionEndRepositoryIT {
    @RegisterExtension
    static final TestStore store = new TestStore();

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.500Z");
    private static final CurrentTimeSql TIME = () -> "TIMESTAMP'2026-03-01 12:00:00.500'";
    private static final Duration DAY = Duration.ofDays(1);

    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client, TIME);
    private final R2dbcSessionEndRepository ends = new R2dbcSessionEndRepository(store.client, TIME);

    @BeforeEach
    void empty() {
        store.execute("DELETE FROM auth_session");
        store.execute("DELETE FROM access_token");
        store.execute("DELETE FROM refresh_token");
    }

    private String session() {
        String id = UUID.randomUUID().toString();
        run(sessions.insert(aSession(id, "alice", NOW.minus(DAY), NOW.plus(DAY))));
        return id;
    }

    private String endedAt(Instant at, EndReason reason) {
        String id = session();
        run(sessions.end(id, at, reason));
        return id;
    }

    private static void accessToken(String session, Instant expiresAt, @Nullable Instant supersededAt) {
        store.execute(
                "INSERT INTO access_token (digest, session_id, user_id, expires_at, superseded_at) VALUES ('%s', '%s', 'alice', %s, %s)"
                        .formatted(
                                digest(),
                                session,
                                literal(expiresAt),
                                supersededAt == null ? "NULL" : literal(supersededAt)));
    }

    private static void refreshToken(String session, int generation, Instant expiresAt, boolean spent) {
        store.execute(("INSERT INTO refresh_token (digest, session_id, generation, expires_at, used_at)"
                        + " VALUES ('%s', '%s', %d, %s, %s)")
                .formatted(digest(), session, generation, literal(expiresAt), spent ? literal(NOW) : "NULL"));
    }

    private static String digest() {
        return UUID.randomUUID().toString().replace("-", "").repeat(2);
    }

    private static String literal(Instant at) {
        return "TIMESTAMP'"
                + at.truncatedTo(ChronoUnit.MILLIS).toString().replace('T', ' ').replace("Z", "") + "'";
    }

    private List<EndedSession> recent(int limit) {
        return Objects.requireNonNull(ends.findEndedWithin(Duration.ofSeconds(20), limit)
                .collectList()
                .block(Duration.ofSeconds(20)));
    }

    private SessionLifetime lifetime(String id) {
        return Objects.requireNonNull(
                ends.findLifetimes(List.of(id, "unknown")).single().block(Duration.ofSeconds(20)));
    }

    @Test
    void findEndedWithinWhenEndedInTheWindowThenEmittedWithItsReason() {
        session();
        endedAt(NOW.minusMillis(20_001), EndReason.LOGOUT);
        String oldest = endedAt(NOW.minusSeconds(20), EndReason.KICKED);
        // Another node's statement may have a later time.
        String ahead = endedAt(NOW.plusSeconds(1), EndReason.REUSE);

        assertThat(recent(10))
                .containsExactlyInAnyOrder(
                        new EndedSession(oldest, EndReason.KICKED, NOW.minusSeconds(20)),
                        new EndedSession(ahead, EndReason.REUSE, NOW.plusSeconds(1)));
        assertThat(recent(1)).hasSize(1);
    }

    @Test
    void findLifetimesWhenEndedThenHasTheReason() {
        String id = endedAt(NOW.minusSeconds(5), EndReason.ACCOUNT_DISABLED);

        assertThat(lifetime(id))
                .isEqualTo(new SessionLifetime(
                        id, EndReason.ACCOUNT_DISABLED, NOW.minusSeconds(5), Duration.ofSeconds(-5)));
    }

    @Test
    void findLifetimesWhenLiveThenTheLastUsableTokenCounts() {
        String id = session();
        accessToken(id, NOW.plusSeconds(30), null);
        accessToken(id, NOW.plusSeconds(900), NOW.plusSeconds(10));
        refreshToken(id, 1, NOW.plusSeconds(800), true);
        assertThat(lifetime(id).remaining()).isEqualTo(Duration.ofSeconds(30));

        refreshToken(id, 2, NOW.plus(Duration.ofMinutes(10)), false);
        assertThat(lifetime(id))
                .isEqualTo(new SessionLifetime(id, null, NOW.plus(Duration.ofMinutes(10)), Duration.ofMinutes(10)));

        refreshToken(id, 3, NOW.plus(DAY).plus(DAY), false);
        assertThat(lifetime(id).remaining()).as("the session's own expiry").isEqualTo(DAY);
    }

    @Test
    void findLifetimesWhenNoTokenIsLeftThenIsOver() {
        String id = session();

        assertThat(lifetime(id).remaining()).isNegative();
    }
}
