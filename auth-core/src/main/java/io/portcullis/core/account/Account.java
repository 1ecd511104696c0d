package io.portcullis.core.account;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user who can log in. Immutable; {@code toString} leaves out the password hash.
 *
 * @param id opaque, because an existing user table may have ids of its own
 * @param passwordHash in Spring Security's delegating format, {@code {id}hash}
 * @param roles role names such as {@code admin}, which the access rules of a route may require
 * @param userType the kind of user, which services receive as {@code X-User-Type}
 * @param tenantId the tenant to which the user belongs, as {@link TenantIds} permits it; null for none
 */
public record Account(
        String id,
        String username,
        String passwordHash,
        AccountStatus status,
        Set<String> roles,
        String userType,
        @Nullable String tenantId,
        Instant createdAt) {
    public Account {
        Objects.requireNonNull(id, "id");
        roles = Set.copyOf(roles);
    }

    /** Creates an account without a tenant. */
    public Account(
            String id,
            String username,
            String passwordHash,
            AccountStatus status,
            Set<String> roles,
            String userType,
            Instant createdAt) {
        this(id, username, passwordHash, status, roles, userType, null, createdAt);
    }

    public boolean disabled() {
        return status == AccountStatus.DISABLED;
    }

    @Override
    public String toString() {
        return "Account[id=" + id + ", username=" + username + ", status=" + status + "]";
    }
}
