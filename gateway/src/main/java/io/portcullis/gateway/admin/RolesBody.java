package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.StrictBody;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The request body that sets the roles of an account. An empty list takes all roles away. The core validates the names. */
record RolesBody(@Nullable Set<@Nullable String> roles) implements StrictBody {

    /** Returns the roles, with an empty name for {@code null}. Throws {@code BAD_REQUEST} without the field. */
    Set<String> toRoles() {
        if (roles == null) {
            throw RequestFields.invalidField("roles", "a list of names, such as [\"user\"]");
        }
        return namesOf(roles);
    }

    /** Returns the names, with an empty name, which no role has, for {@code null}. */
    static Set<String> namesOf(Set<@Nullable String> roles) {
        return roles.stream().map(role -> Objects.requireNonNullElse(role, "")).collect(Collectors.toUnmodifiableSet());
    }
}
