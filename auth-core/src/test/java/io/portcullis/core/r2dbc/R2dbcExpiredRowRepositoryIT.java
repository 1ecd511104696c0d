package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.retention.RetentionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Sinks;

@Timeout(180)
class R2dbcExpiredRowRepositoryIT {
    private static final Instant BEFORE = Instant.parse("2026-11-23T10:15:30.123Z");
    private static final Instant OVER = BEFORE.minusMillis(1);
    private static final String LATER =
            ColumnValues.utc(BEFORE.plus(Duration.ofDays(1))).toString();

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcExpiredRowRepository rows = new R2dbcExpiredRowRepository(store.client);
    private int rowsMade;
    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client);

    @BeforeEach
    void empty() {
        for (String table : List.of(
                "auth_session",
                "access_token",
                "refresh_token",
                "revoked_token",
                "auth_ticket",
                "login_log",
                "user_lock",
                "token_use",
                "node_sample",
                "session_sample")) {
            store.execute("DELETE FROM " + table);
        }
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private String session(Instant expiresAt) {
        String id = id();
        run(store.transactions.execute(sessions.insert(aSession(id, "u", OVER, expiresAt))));
        return id;
    }

    private String liveSession() {
        return session(BEFORE.plus(Duration.ofDays(1)));
    }

    private static void insert(String table, String... values) {
        store.execute("INSERT INTO " + table + " VALUES ('" + String.join("', '", values) + "')");
    }

    private static String access(String sessionId, String expiresAt, String supersededAt) {
        String digest = id();
        insert("access_token", digest, sessionId, "u", expiresAt, supersededAt);
        return digest;
    }

    private static String refresh(String sessionId, String expiresAt) {
        String digest = id();
        insert("refresh_token (digest, session_id, generation, expires_at)", digest, sessionId, "1", expiresAt);
        return digest;
    }

    /** Inserts a row that expired at {@code at}; returns its key. */
    private String row(RetentionKind kind, Instant at) {
        String time = ColumnValues.utc(at).toString();
        return switch (kind) {
            case ACCESS_TOKEN -> access(liveSession(), time, time);
            case REFRESH_TOKEN -> refresh(liveSession(), time);
            case SEALED_SUCCESSOR -> {
                String digest = refresh(liveSession(), LATER);
                store.execute("UPDATE refresh_token SET used_at = '" + time
                        + "', sealed_successor = 'x' WHERE digest = '" + digest + "'");
                yield digest;
            }
            case REVOKED_TOKEN -> {
                String digest = id();
                insert("revoked_token (digest, expires_at, reason, revoked_at)", digest, time, "LOGOUT", time);
                yield digest;
            }
            case TICKET -> {
                String digest = id();
                insert("auth_ticket (digest, session_id, expires_at)", digest, id(), time);
                yield digest;
            }
            case USER_LOCK -> {
                String user = id();
                insert("user_lock (user_id, uses, created_at)", user, "1", time);
                yield user;
            }
            case ENDED_SESSION -> {
                String session = liveSession();
                store.execute("UPDATE auth_session SET ended_at = '" + time + "' WHERE id = '" + session + "'");
                yield session;
            }
            case LOGIN_LOG -> {
                String id = id();
                insert(
                        "login_log (id, type, result, username, ip, created_at)",
                        id,
                        "LOGIN",
                        "SUCCESS",
                        "u",
                        "::1",
                        time);
                yield id;
            }
            case TOKEN_USE -> {
                String digest = id();
                insert("token_use", digest, "::1", id(), "u", time, time, "1");
                yield digest;
            }
            case NODE_SAMPLE -> {
                String node = id();
                insert("node_sample", time, node, "60000", "1", "0", "0", "0");
                yield node;
            }
            case SESSION_SAMPLE -> {
                // The time is the key, so each expired row is older than the one before.
                String own = at.isBefore(BEFORE)
                        ? ColumnValues.utc(at.minusMillis(rowsMade++)).toString()
                        : time;
                String number = String.valueOf(rowsMade);
                insert("session_sample (sampled_at, sessions)", own, number);
                yield number;
            }
        };
    }

    private static List<String> remainingRows(RetentionKind kind) {
        String sql = switch (kind) {
            case ACCESS_TOKEN -> "SELECT digest FROM access_token";
            case REFRESH_TOKEN -> "SELECT digest FROM refresh_token";
            case SEALED_SUCCESSOR -> "SELECT digest FROM refresh_token WHERE sealed_successor IS NOT NULL";
            case REVOKED_TOKEN -> "SELECT digest FROM revoked_token";
            case TICKET -> "SELECT digest FROM auth_ticket";
            case USER_LOCK -> "SELECT user_id FROM user_lock";
            case ENDED_SESSION -> "SELECT id FROM auth_session";
            case LOGIN_LOG -> "SELECT id FROM login_log";
            case TOKEN_USE -> "SELECT access_digest FROM token_use";
            case NODE_SAMPLE -> "SELECT node FROM node_sample";
            case SESSION_SAMPLE -> "SELECT CAST(sessions AS CHAR) FROM session_sample";
        };
        return await(store.client.sql(sql).mapValue(String.class).all().collectList());
    }

    private long remove(RetentionKind kind, int limit) {
        return await(store.transactions.execute(rows.remove(kind, BEFORE, limit)));
    }

    @ParameterizedTest
    @EnumSource
    void removeWhenTimeIsOverThenThatRowAndNoOther(RetentionKind kind) {
        row(kind, OVER);
        String kept = row(kind, BEFORE);

        assertThat(remove(kind, 10)).isEqualTo(1);

        assertThat(remainingRows(kind)).containsExactly(kept);
        assertThat(remove(kind, 10)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void removeWhenMoreThanTheLimitThenNoMoreThanThat(RetentionKind kind) {
        for (int i = 0; i < 5; i++) {
            row(kind, OVER);
        }

        assertThat(remove(kind, 3)).isEqualTo(3);
        assertThat(remainingRows(kind)).hasSize(2);
        assertThat(remove(kind, 3)).isEqualTo(2);
    }

    @Test
    void removeWhenAnAccessTokenIsTheCurrentOneThenItStaysForALogout() {
        String session = liveSession();
        String current = id();
        store.execute("INSERT INTO access_token (digest, session_id, user_id, expires_at) VALUES ('" + current + "', '"
                + session + "', 'u', '2020-01-01')");

        assertThat(remove(RetentionKind.ACCESS_TOKEN, 10)).isZero();

        assertThat(remainingRows(RetentionKind.ACCESS_TOKEN)).containsExactly(current);
    }

    @Test
    void removeWhenASealedSuccessorThenTheRowStays() {
        row(RetentionKind.SEALED_SUCCESSOR, OVER);

        assertThat(remove(RetentionKind.SEALED_SUCCESSOR, 10)).isEqualTo(1);

        assertThat(remainingRows(RetentionKind.REFRESH_TOKEN)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCESS_TOKEN", "REFRESH_TOKEN", "SEALED_SUCCESSOR"})
    void removeWhenTheSessionIsLockedThenItsRowsAreLeftAndNobodyWaits(RetentionKind kind) {
        String busy = row(kind, OVER);
        String table = kind == RetentionKind.ACCESS_TOKEN ? "access_token" : "refresh_token";
        String session = await(store.client
                .sql("SELECT session_id FROM " + table)
                .mapValue(String.class)
                .one());
        row(kind, OVER);
        Sinks.One<String> locked = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> logout = store.transactions
                .execute(sessions.findByIdForUpdate(session)
                        .doOnNext(found -> locked.tryEmitValue(found.session().id()))
                        .then(end.asMono()))
                .toFuture();
        await(locked.asMono());

        assertThat(remove(kind, 10)).isEqualTo(1);

        assertThat(logout).isNotDone();
        assertThat(remainingRows(kind)).containsExactly(busy);
        end.tryEmitEmpty();
        logout.join();
        assertThat(remove(kind, 10)).isEqualTo(1);
    }

    @Test
    void removeWhenALoginHoldsTheLockOfItsUserThenItIsLeftAndNobodyWaits() {
        String busy = row(RetentionKind.USER_LOCK, OVER);
        row(RetentionKind.USER_LOCK, OVER);
        Sinks.One<Boolean> locked = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> login = store.transactions
                .execute(new R2dbcUserLockRepository(store.client)
                        .lock(busy)
                        .doOnNext(locked::tryEmitValue)
                        .then(end.asMono()))
                .toFuture();
        assertThat(await(locked.asMono())).isTrue();

        assertThat(remove(RetentionKind.USER_LOCK, 10)).isEqualTo(1);

        assertThat(login).isNotDone();
        assertThat(remainingRows(RetentionKind.USER_LOCK)).containsExactly(busy);
        end.tryEmitEmpty();
        login.join();
        assertThat(remove(RetentionKind.USER_LOCK, 10)).isEqualTo(1);
    }

    @Test
    void removeWhenTheSessionIsGoneThenItsTokensGoToo() {
        access(id(), "2020-01-01", "2020-01-01");
        refresh(id(), "2020-01-01");

        assertThat(remove(RetentionKind.ACCESS_TOKEN, 10)).isEqualTo(1);
        assertThat(remove(RetentionKind.REFRESH_TOKEN, 10)).isEqualTo(1);
    }

    @Test
    void findExpiredSessionsWhenPastTheirEndOrTheirLastTokensThenThose() {
        String past = session(OVER);
        refresh(past, LATER);
        String withoutToken = liveSession();
        refresh(withoutToken, ColumnValues.utc(OVER).toString());
        String live = liveSession();
        refresh(live, ColumnValues.utc(BEFORE).toString());
        String ended = row(RetentionKind.ENDED_SESSION, OVER);
        store.execute("UPDATE auth_session SET expires_at = '2020-01-01' WHERE id = '" + ended + "'");

        assertThat(await(rows.findExpiredSessions(BEFORE, 10).collectList()))
                .containsExactlyInAnyOrder(past, withoutToken);
        assertThat(await(rows.findExpiredSessions(BEFORE, 1).collectList())).hasSize(1);
        assertThat(expired(past)).isTrue();
        assertThat(expired(withoutToken)).isTrue();
        assertThat(expired(live)).isFalse();
    }

    private boolean expired(String sessionId) {
        return await(sessions.findById(sessionId)
                .flatMap(session -> rows.ifExpired(session, BEFORE))
                .hasElement());
    }

    @Test
    void removeWhenASessionIsLockedThenAnotherSessionsLoginIsNotDelayed() {
        row(RetentionKind.ACCESS_TOKEN, OVER);
        Sinks.One<Long> removed = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> batch = store.transactions
                .execute(rows.remove(RetentionKind.ACCESS_TOKEN, BEFORE, 10)
                        .doOnNext(removed::tryEmitValue)
                        .then(end.asMono()))
                .toFuture();
        await(removed.asMono());

        String session = liveSession();
        access(session, LATER, LATER);
        refresh(session, LATER);

        assertThat(batch).isNotDone();
        end.tryEmitEmpty();
        batch.join();
        assertThat(remainingRows(RetentionKind.REFRESH_TOKEN)).hasSize(1);
    }
}
