package io.portcullis.core.account;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * Who may log in.
 *
 * @param id opaque; an existing user table may bring ids of its own
 * @param passwordHash in Spring Security's delegating format, {@code {id}hash}
 * @param roles names such as {@code admin}; route metadata asks for them
 * @param userType what kind of user this is, handed on as {@code X-User-Type}
 */
public record Account(
        String id,
        String username,
        String passwordHash,
        AccountStatus status,
        Set<String> roles,
        String userType,
        Instant createdAt) {
    public Account {
        Objects.requireNonNull(id, "id");
        roles = Set.copyOf(roles);
    }

    public boolean disabled() {
        return status == AccountStatus.DISABLED;
    }

    @Override
    public String toString() {
        return "Account[id=" + id + ", username=" + username + ", status=" + status + "]";
    }
}
