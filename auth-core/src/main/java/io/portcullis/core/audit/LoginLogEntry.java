package io.portcullis.core.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the login log: a login, a refused attempt, the end of a session, or a change of an account.
 *
 * @param userId the id of the account concerned; null when the username has no account
 * @param sessionId the session that was opened or ended; null when there is none
 * @param actor the id of the user or administrator who acted; null when the caller was not authenticated, and when the
 *     gateway itself acted
 * @param detail what was changed, such as the roles before and after, or why an administrator ended the session; null for most types.
 *     Never a password or a hash
 * @param tenantId the tenant of the account or session concerned; if there is none, the tenant that the login named; null for none
 */
public record LoginLogEntry(
        String id,
        LoginLogType type,
        LoginLogResult result,
        @Nullable String userId,
        String username,
        @Nullable String sessionId,
        String ip,
        @Nullable String userAgent,
        Instant createdAt,
        @Nullable String actor,
        @Nullable String detail,
        @Nullable String tenantId) {

    /** Creates an entry without a tenant. */
    public LoginLogEntry(
            String id,
            LoginLogType type,
            LoginLogResult result,
            @Nullable String userId,
            String username,
            @Nullable String sessionId,
            String ip,
            @Nullable String userAgent,
            Instant createdAt,
            @Nullable String actor,
            @Nullable String detail) {
        this(id, type, result, userId, username, sessionId, ip, userAgent, createdAt, actor, detail, null);
    }

    /** Creates an entry without a detail and without a tenant. */
    public LoginLogEntry(
            String id,
            LoginLogType type,
            LoginLogResult result,
            @Nullable String userId,
            String username,
            @Nullable String sessionId,
            String ip,
            @Nullable String userAgent,
            Instant createdAt,
            @Nullable String actor) {
        this(id, type, result, userId, username, sessionId, ip, userAgent, createdAt, actor, null);
    }

    /** Returns this entry with a tenant. */
    public LoginLogEntry inTenant(@Nullable String tenant) {
        return new LoginLogEntry(
                id, type, result, userId, username, sessionId, ip, userAgent, createdAt, actor, detail, tenant);
    }
}
