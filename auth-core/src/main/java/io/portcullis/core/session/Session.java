package io.portcullis.core.session;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One login and the family of all tokens that descend from it. The session is the unit of logout and kick.
 *
 * @param username the account's username. It and {@code roles} and {@code userType} are as of the last login or
 *     refresh
 * @param lastSeenAt the time of the last login, refresh or recorded use of a token
 * @param lastIp the client's address at that time
 * @param expiresAt the absolute expiry, which no refresh extends
 * @param endedAt the time of the end; null while the session has not been ended
 * @param loginService the id of the route whose login service opened the session; null for a login with a password. The user of such a
 *     session need not have an account, and its data stay as the service gave them
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
        @Nullable EndReason endReason,
        @Nullable String loginService) {
    public Session {
        roles = Set.copyOf(roles);
        scopes = Set.copyOf(scopes);
    }

    /**
     * Returns whether the session was ended explicitly. A session whose {@code expiresAt} has passed may not be
     * marked as ended yet; see {@link #live}.
     */
    public boolean ended() {
        return endedAt != null;
    }

    /** Returns this session with other scopes. */
    public Session withScopes(Set<String> other) {
        return new Session(
                id,
                userId,
                username,
                userType,
                tenantId,
                roles,
                client,
                other,
                createdAt,
                lastSeenAt,
                lastIp,
                expiresAt,
                endedAt,
                endReason,
                loginService);
    }

    /** Returns this session with other data of its user. */
    public Session withUser(String name, String type, Set<String> otherRoles) {
        return new Session(
                id,
                userId,
                name,
                type,
                tenantId,
                otherRoles,
                client,
                scopes,
                createdAt,
                lastSeenAt,
                lastIp,
                expiresAt,
                endedAt,
                endReason,
                loginService);
    }

    /** Returns whether the session has neither been ended nor expired at the given time. */
    public boolean live(Instant now) {
        return endedAt == null && now.isBefore(expiresAt);
    }
}
