package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.StrictBody;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The request body that resets an account's password. The core validates the password; a missing one counts as empty. */
record NewPasswordBody(@Nullable String password) implements StrictBody {
    String newPassword() {
        return Objects.requireNonNullElse(password, "");
    }

    @Override
    public String toString() {
        return "NewPasswordBody[...]";
    }
}
