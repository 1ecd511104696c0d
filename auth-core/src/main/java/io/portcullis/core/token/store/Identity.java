package io.portcullis.core.token.store;

import io.portcullis.core.session.Session;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes the caller for whom a live access token passes: user, name, type, roles, session, grant. Redis holds it as the value of the
 * token's entry, and services receive it in headers (docs/design.md section 5).
 */
public record Identity(
        String userId,
        String username,
        String userType,
        @Nullable String tenantId,
        Set<String> roles,
        String sessionId,
        TokenGrant grant) {
    public Identity {
        roles = Set.copyOf(roles);
    }

    /** Creates the identity of a session without a client. */
    public Identity(
            String userId,
            String username,
            String userType,
            @Nullable String tenantId,
            Set<String> roles,
            String sessionId) {
        this(userId, username, userType, tenantId, roles, sessionId, TokenGrant.NONE);
    }

    /** Returns the identity of a session's user, under the grant of one of its tokens. */
    public static Identity of(Session session, TokenGrant grant) {
        return new Identity(
                session.userId(),
                session.username(),
                session.userType(),
                session.tenantId(),
                session.roles(),
                session.id(),
                grant);
    }

    /** Returns this identity with another grant. */
    public Identity with(TokenGrant other) {
        return new Identity(userId, username, userType, tenantId, roles, sessionId, other);
    }

    /** Returns whether the caller has the role; the comparison is case-sensitive. */
    public boolean hasRole(String role) {
        return roles.contains(role);
    }
}
