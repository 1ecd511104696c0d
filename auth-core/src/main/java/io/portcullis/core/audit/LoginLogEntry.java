package io.portcullis.core.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the login log: a login, a refused attempt, or the end of a session.
 *
 * @param userId the account's id; null when the username has no account
 * @param sessionId the session that was opened or ended; null when there is none
 * @param actor the id of the user or administrator who acted; null when the caller was not authenticated
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
        @Nullable String actor) {}
