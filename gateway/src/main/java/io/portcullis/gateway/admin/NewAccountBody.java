package io.portcullis.gateway.admin;

import io.portcullis.core.account.NewAccount;
import io.portcullis.gateway.endpoint.StrictBody;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An account to create; roles may be missing, and so may the user type, which is then {@code user}. What fits is for
 * {@link NewAccount} to say.
 */
record NewAccountBody(
        @Nullable String username,
        @Nullable String password,
        @Nullable Set<@Nullable String> roles,
        @Nullable String userType)
        implements StrictBody {
    private static final String DEFAULT_USER_TYPE = "user";

    /** Refuses with {@code BAD_REQUEST} what no account can be; what is missing counts as empty. */
    NewAccount toNewAccount() {
        return new NewAccount(
                Objects.requireNonNullElse(username, ""),
                Objects.requireNonNullElse(password, ""),
                named(),
                Objects.requireNonNullElse(userType, DEFAULT_USER_TYPE));
    }

    private Set<String> named() {
        return roles == null
                ? Set.of()
                : roles.stream()
                        .map(role -> Objects.requireNonNullElse(role, ""))
                        .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String toString() {
        return "NewAccountBody[username=" + username + "]";
    }
}
