package io.portcullis.migrate;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user of the source who is not deleted. {@code toString} leaves out the password hash.
 *
 * @param passwordHash as stored in the source; null or empty for a user without a password
 * @param ip the address of the last login; null if the source does not say it
 */
record SourceAccount(
        String id,
        String username,
        @Nullable String passwordHash,
        boolean enabled,
        Set<String> roles,
        String userType,
        @Nullable String tenantId,
        @Nullable String ip,
        Instant createdAt) {
    SourceAccount withRoles(Set<String> names) {
        return new SourceAccount(id, username, passwordHash, enabled, names, userType, tenantId, ip, createdAt);
    }

    @Override
    public String toString() {
        return "account " + id + " (" + username + ")";
    }
}
