package io.portcullis.core.session;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One login: the family of all tokens that descend from it; the unit of logout and kick.
 *
 * @param username the account's name and, with {@code roles} and {@code userType}, as of the last login or refresh
 * @param lastSeenAt when it last logged in or refreshed
 * @param expiresAt absolute: no refresh extends it
 * @param endedAt null while it lives
 */
public record Session(
        String id,
        String userId,
        String username,
        String userType,
        @Nullable String tenantId,
        Set<String> roles,
        ClientInfo client,
        Set<String> scopes,
        Instant createdAt,
        Instant lastSeenAt,
        String lastIp,
        Instant expiresAt,
        @Nullable Instant endedAt,
        @Nullable EndReason endReason) {
    public Session {
        roles = Set.copyOf(roles);
        scopes = Set.copyOf(scopes);
    }

    /** Whether it was ended by someone; one whose {@code expiresAt} passed is not live either. */
    public boolean ended() {
        return endedAt != null;
    }

    public boolean live(Instant now) {
        return endedAt == null && now.isBefore(expiresAt);
    }
}
