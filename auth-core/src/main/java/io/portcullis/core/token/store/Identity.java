package io.portcullis.core.token.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes the caller for whom a live access token passes: user, name, type, roles, session. Redis holds it as the value of the
 * token's entry, and services receive it in headers (docs/design.md section 5).
 */
public record Identity(
        String userId,
        String username,
        String userType,
        @Nullable String tenantId,
        Set<String> roles,
        String sessionId) {
    public Identity {
        roles = Set.copyOf(roles);
    }

    /** Returns whether the caller has the role; the comparison is case-sensitive. */
    public boolean hasRole(String role) {
        return roles.contains(role);
    }
}
