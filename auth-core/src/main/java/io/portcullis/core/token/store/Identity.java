package io.portcullis.core.token.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is calling: what a live access token stands for. */
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

    public boolean hasRole(String role) {
        return roles.contains(role);
    }
}
