package io.portcullis.migrate;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes imported sessions in the target. Each method joins the transaction of its caller. Like the gateway, every change of a session
 * begins with the lock of its row, and every access token that ends goes to the ledger, from which the nodes write its tombstone within
 * a second.
 */
final class TargetSessions {
    private static final int MAX_IP = 45;
    private static final String NO_ADDRESS = "0.0.0.0";

    private final Database target;
    private final Supplier<String> ids;

    /** @param ids generates the ids of rows */
    TargetSessions(Database target, Supplier<String> ids) {
        this.target = target;
        this.ids = ids;
    }

    /** The user of a session, as the session stores it. */
    record User(
            String id,
            String username,
            String userType,
            Set<String> roles,
            @Nullable String tenantId,
            @Nullable String ip) {}

    /** What an imported session has become. */
    enum State {
        /** There is no such session any more, or it has ended. */
        ENDED,
        /** Its imported refresh token has been spent, so that its user has tokens of the gateway. */
        REFRESHED,
        /** It has its imported tokens and no others. */
        UNUSED
    }

    /** Inserts a session with its tokens, and returns its id. The access token is left out if the ledger already has it. */
    String insert(SourceSession login, User user, @Nullable String clientId, String scopes) throws SQLException {
        String id = ids.get();
        String ip = user.ip() == null || !user.ip().matches("[0-9a-fA-F.:]{2," + MAX_IP + "}") ? NO_ADDRESS : user.ip();
        SourceSession.AccessToken access = login.access();
        target.update(
                "INSERT INTO auth_session (id, user_id, username, user_type, tenant_id, roles, client_id, ip, scopes, created_at,"
                        + " last_seen_at, last_ip, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                user.id(),
                user.username(),
                user.userType(),
                user.tenantId(),
                String.join(",", user.roles()),
                clientId,
                ip,
                scopes,
                Journal.utc(login.createdAt()),
                Journal.utc(access == null ? login.createdAt() : access.createdAt()),
                ip,
                Journal.utc(login.expiresAt()));
        String refresh = String.valueOf(login.refreshDigest());
        target.update(
                "INSERT INTO refresh_token (digest, session_id, generation, expires_at) VALUES (?, ?, 1, ?)",
                refresh,
                id,
                Journal.utc(login.expiresAt()));
        insertImported(refresh, "REFRESH", id, login.expiresAt());
        if (access != null) {
            insertAccess(access, id, login);
        }
        return id;
    }

    /** Replaces the access token of a session, because the source has issued another one since. */
    void replaceAccess(String sessionId, SourceSession login, SourceSession.AccessToken access) throws SQLException {
        revokeAccess(sessionId, "SUPERSEDED");
        insertAccess(access, sessionId, login);
    }

    /**
     * Keeps the digest in {@code imported_token} for as long as the login lasts: the text names no session, and a logout with an access
     * token that has expired must end its session, too.
     */
    private void insertAccess(SourceSession.AccessToken access, String sessionId, SourceSession login)
            throws SQLException {
        insertImported(access.digest(), "ACCESS", sessionId, login.expiresAt());
        boolean revoked = !target.select("SELECT 1 FROM revoked_token WHERE digest = ?", row -> true, access.digest())
                .isEmpty();
        if (!revoked) {
            target.update(
                    "INSERT INTO access_token (digest, session_id, user_id, expires_at, issued_at) VALUES (?, ?, ?, ?, ?)",
                    access.digest(),
                    sessionId,
                    login.userId(),
                    Journal.utc(access.expiresAt()),
                    Journal.utc(access.createdAt()));
        }
    }

    private void insertImported(String digest, String kind, String sessionId, Instant expiresAt) throws SQLException {
        target.update(
                "INSERT INTO imported_token (digest, kind, session_id, expires_at) VALUES (?, ?, ?, ?)",
                digest,
                kind,
                sessionId,
                Journal.utc(expiresAt));
    }

    /** Returns whether this token is an imported one. */
    boolean hasImported(String digest) throws SQLException {
        return !target.select("SELECT 1 FROM imported_token WHERE digest = ?", row -> true, digest)
                .isEmpty();
    }

    /** Locks the row of the session and returns what has become of it. */
    State lock(String sessionId, String refreshDigest) throws SQLException {
        List<Boolean> live = target.select(
                "SELECT ended_at IS NULL AND expires_at > UTC_TIMESTAMP(3) FROM auth_session WHERE id = ? FOR UPDATE",
                row -> row.getBoolean(1),
                sessionId);
        if (!live.contains(true)) {
            return State.ENDED;
        }
        boolean unspent = !target.select(
                        "SELECT 1 FROM refresh_token WHERE digest = ? AND used_at IS NULL", row -> true, refreshDigest)
                .isEmpty();
        return unspent ? State.UNUSED : State.REFRESHED;
    }

    /**
     * Ends a session whose row is locked, as the gateway ends one.
     *
     * @param reason the name of an {@code EndReason}
     */
    void end(String sessionId, String reason, String detail) throws SQLException {
        revokeAccess(sessionId, reason);
        target.update("DELETE FROM refresh_token WHERE session_id = ?", sessionId);
        target.update(
                "UPDATE auth_session SET ended_at = UTC_TIMESTAMP(3), end_reason = ? WHERE id = ? AND ended_at IS NULL",
                reason,
                sessionId);
        target.update(
                "INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, created_at, detail, tenant_id)"
                        + " SELECT ?, ?, 'SUCCESS', user_id, username, id, last_ip, UTC_TIMESTAMP(3), ?, tenant_id FROM auth_session WHERE id = ?",
                ids.get(),
                reason,
                detail,
                sessionId);
    }

    /**
     * Ends all sessions of a user, as the gateway does when an account is disabled or gets other roles. The row of the account must be
     * locked, so that no session is opened meanwhile. Returns their number.
     */
    int endAllOf(String userId, String reason, String detail) throws SQLException {
        List<String> unended = target.select(
                "SELECT id FROM auth_session WHERE user_id = ? AND ended_at IS NULL ORDER BY id FOR UPDATE",
                row -> row.getString(1),
                userId);
        for (String id : unended) {
            end(id, reason, detail);
        }
        return unended.size();
    }

    private void revokeAccess(String sessionId, String reason) throws SQLException {
        target.update(
                "INSERT INTO revoked_token (digest, expires_at, reason, revoked_at, applied_at)"
                        + " SELECT digest, expires_at, ?, UTC_TIMESTAMP(3), NULL FROM access_token WHERE session_id = ?"
                        + " ON DUPLICATE KEY UPDATE reason = ?, revoked_at = UTC_TIMESTAMP(3), applied_at = NULL",
                reason,
                sessionId,
                reason);
        target.update("DELETE FROM access_token WHERE session_id = ?", sessionId);
    }

    /** Forgets the imported tokens of a session, which then mean nothing any more. */
    void forgetTokens(String sessionId) throws SQLException {
        target.update("DELETE FROM imported_token WHERE session_id = ?", sessionId);
    }
}
