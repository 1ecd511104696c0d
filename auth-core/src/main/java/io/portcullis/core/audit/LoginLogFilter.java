package io.portcullis.core.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects entries of the login log. A null component matches every entry. The ids and a whole address are compared exactly, the
 * username and a part of an address by prefix. {@code from} is inclusive, {@code to} is
 * exclusive. The type and the result {@code OTHER} match the stored values that this release does not define.
 */
public record LoginLogFilter(
        @Nullable String username,
        @Nullable String userId,
        @Nullable String sessionId,
        @Nullable String ip,
        @Nullable LoginLogType type,
        @Nullable LoginLogResult result,
        @Nullable Instant from,
        @Nullable Instant to) {
    /** Returns this filter with another earliest time. */
    public LoginLogFilter since(Instant earliest) {
        return new LoginLogFilter(username, userId, sessionId, ip, type, result, earliest, to);
    }
}
