package io.portcullis.core.audit;

import io.portcullis.core.account.TenantScope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects entries of the login log. A null component matches every entry. The ids and a whole address are compared exactly, the
 * username and a part of an address by prefix. {@code from} is inclusive, {@code to} is
 * exclusive. The type and the result {@code OTHER} match the stored values that this release does not define.
 *
 * @param tenants the tenants of the entries
 */
public record LoginLogFilter(
        TenantScope tenants,
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
        return new LoginLogFilter(tenants, username, userId, sessionId, ip, type, result, earliest, to);
    }
}
