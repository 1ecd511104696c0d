package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;

import io.portcullis.core.retention.RetentionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Makes rows that expire, and finds out which are left. */
final class ExpiringRows {
    static final Instant BEFORE = Instant.parse("2026-11-23T10:15:30.123Z");
    static final Instant OVER = BEFORE.minusMillis(1);
    static final String LATER =
            ColumnValues.utc(BEFORE.plus(Duration.ofDays(1))).toString();

    private final TestStore store;
    private final R2dbcSessionRepository sessions;
    /** The number of samples of sessions so far. */
    private int samples;

    ExpiringRows(TestStore store) {
        this.store = store;
        this.sessions = new R2dbcSessionRepository(store.client);
    }

    /** Deletes the rows of all tests before. */
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
                "session_event",
                "node_sample",
                "session_sample")) {
            store.execute("DELETE FROM " + table);
        }
    }

    static String id() {
        return UUID.randomUUID().toString();
    }

    String session(Instant expiresAt) {
        String id = id();
        run(store.transactions.execute(sessions.insert(aSession(id, "u", OVER, expiresAt))));
        return id;
    }

    String liveSession() {
        return session(BEFORE.plus(Duration.ofDays(1)));
    }

    /** @param columns the table with the columns of the values, since a later version of the schema may add others */
    private void insert(String columns, String... values) {
        store.execute("INSERT INTO " + columns + " VALUES ('" + String.join("', '", values) + "')");
    }

    String access(String sessionId, String expiresAt, String supersededAt) {
        String digest = id();
        insert(
                "access_token (digest, session_id, user_id, expires_at, superseded_at)",
                digest,
                sessionId,
                "u",
                expiresAt,
                supersededAt);
        return digest;
    }

    String refresh(String sessionId, String expiresAt) {
        String digest = id();
        insert("refresh_token (digest, session_id, generation, expires_at)", digest, sessionId, "1", expiresAt);
        return digest;
    }

    /** Inserts an event of a session of its own, in this state; returns its id. */
    String event(String state, String createdAt) {
        String id = id();
        insert(
                "session_event (id, session_id, ordinal, type, reason, user_id, username, user_type, ip, occurred_at, created_at,"
                        + " state, next_attempt_at)",
                id,
                id(),
                "1",
                "session-opened",
                "login",
                "u",
                "u",
                "user",
                "::1",
                createdAt,
                createdAt,
                state,
                createdAt);
        return id;
    }

    /** Inserts a row that expired at {@code at}; returns its key. */
    String row(RetentionKind kind, Instant at) {
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
            case IMPORTED_TOKEN -> {
                String digest = id();
                insert("imported_token (digest, kind, session_id, expires_at)", digest, "ACCESS", id(), time);
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
                insert(
                        "token_use (access_digest, ip, session_id, user_id, first_seen_at, last_seen_at, used_hour)",
                        digest,
                        "::1",
                        id(),
                        "u",
                        time,
                        time,
                        "1");
                yield digest;
            }
            case DEAD_EVENT -> event("DEAD", time);
            case NODE_SAMPLE -> {
                String node = id();
                insert(
                        "node_sample (sampled_at, node, covered_millis, checks, refused, degraded_millis, streams)",
                        time,
                        node,
                        "60000",
                        "1",
                        "0",
                        "0",
                        "0");
                yield node;
            }
            case SESSION_SAMPLE -> {
                // The time is the key, so each expired row is older than the one before.
                String own = at.isBefore(BEFORE)
                        ? ColumnValues.utc(at.minusMillis(samples++)).toString()
                        : time;
                String number = String.valueOf(samples);
                insert("session_sample (sampled_at, sessions)", own, number);
                yield number;
            }
        };
    }

    /** Returns the keys of the rows that have not been removed. */
    List<String> remaining(RetentionKind kind) {
        String sql = switch (kind) {
            case ACCESS_TOKEN -> "SELECT digest FROM access_token";
            case REFRESH_TOKEN -> "SELECT digest FROM refresh_token";
            case SEALED_SUCCESSOR -> "SELECT digest FROM refresh_token WHERE sealed_successor IS NOT NULL";
            case REVOKED_TOKEN -> "SELECT digest FROM revoked_token";
            case TICKET -> "SELECT digest FROM auth_ticket";
            case IMPORTED_TOKEN -> "SELECT digest FROM imported_token";
            case USER_LOCK -> "SELECT user_id FROM user_lock";
            case ENDED_SESSION -> "SELECT id FROM auth_session";
            case LOGIN_LOG -> "SELECT id FROM login_log";
            case TOKEN_USE -> "SELECT access_digest FROM token_use";
            case DEAD_EVENT -> "SELECT id FROM session_event";
            case NODE_SAMPLE -> "SELECT node FROM node_sample";
            case SESSION_SAMPLE -> "SELECT CAST(sessions AS CHAR) FROM session_sample";
        };
        return await(store.client.sql(sql).mapValue(String.class).all().collectList());
    }
}
