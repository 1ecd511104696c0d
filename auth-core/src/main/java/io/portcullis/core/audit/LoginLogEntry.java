package io.portcullis.core.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the login log.
 *
 * @param userId null when the name belongs to nobody
 * @param actor who did it: the user's own id, or that of the administrator; null when nobody was authenticated
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
