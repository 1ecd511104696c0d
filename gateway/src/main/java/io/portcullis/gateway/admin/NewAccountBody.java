package io.portcullis.gateway.admin;

import io.portcullis.core.account.NewAccount;
import io.portcullis.gateway.endpoint.StrictBody;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request body that creates an account. Without {@code roles} the account has none, without {@code userType} its type is
 * {@code user}, without {@code tenantId} it is in the administrator's tenant, or in none. {@link NewAccount} validates the values.
 */
record NewAccountBody(
        @Nullable String username,
        @Nullable String password,
        @Nullable Set<@Nullable String> roles,
        @Nullable String userType,
        @Nullable String tenantId)
        implements StrictBody {
    private static final String DEFAULT_USER_TYPE = "user";

    /**
     * Converts this body, with missing values as empty strings. Throws {@code BAD_REQUEST} for values that an account cannot
     * have.
     */
    NewAccount toNewAccount() {
        return new NewAccount(
                Objects.requireNonNullElse(username, ""),
                Objects.requireNonNullElse(password, ""),
                roles == null ? Set.of() : RolesBody.namesOf(roles),
                Objects.requireNonNullElse(userType, DEFAULT_USER_TYPE),
                tenantId == null || tenantId.isEmpty() ? null : tenantId);
    }

    @Override
    public String toString() {
        return "NewAccountBody[username=" + username + "]";
    }
}
