package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.store.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Represents the caller's identity in the response of {@code GET /system/auth/me}. */
record IdentityBody(
        String userId,
        String username,
        String userType,
        @Nullable String tenantId,
        List<String> roles,
        String sessionId) {
    static IdentityBody of(Identity identity) {
        return new IdentityBody(
                identity.userId(),
                identity.username(),
                identity.userType(),
                identity.tenantId(),
                identity.roles().stream().sorted().toList(),
                identity.sessionId());
    }
}
