package io.portcullis.core.session;

import io.portcullis.core.account.TenantScope;
import org.jspecify.annotations.Nullable;

/**
 * Selects sessions. A null component matches every session. The user id and a whole address are compared exactly, the other
 * components by prefix.
 *
 * @param tenants the tenants of the sessions
 */
public record SessionFilter(
        TenantScope tenants,
        @Nullable String userId,
        @Nullable String username,
        @Nullable String ip,
        @Nullable String device) {
    /** Returns a filter for all sessions of one user in the scope. */
    public static SessionFilter ofUser(String userId, TenantScope tenants) {
        return new SessionFilter(tenants, userId, null, null, null);
    }
}
