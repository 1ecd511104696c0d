package io.portcullis.service;

import java.io.Serializable;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * The caller of a request, as the gateway has authenticated it: the principal of Spring Security's authentication. A controller gets it
 * with {@code @AuthenticationPrincipal PortcullisUser user}.
 *
 * @param userId the user's id, which never changes
 * @param username the name with which the user logs in
 * @param roles the user's roles, without prefix
 * @param sessionId the id of the session that the user's login opened
 * @param tenantId the id of the user's tenant, null if there is none
 */
public record PortcullisUser(
        String userId,
        String username,
        Set<String> roles,
        String sessionId,
        @Nullable String tenantId) implements AuthenticatedPrincipal, Serializable {
    public PortcullisUser {
        roles = Set.copyOf(roles);
    }

    /** Returns the user's id. */
    @Override
    public String getName() {
        return userId;
    }

    /** Returns whether the user has the role; the comparison is case-sensitive. */
    public boolean hasRole(String role) {
        return roles.contains(role);
    }
}
