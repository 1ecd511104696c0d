package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.StrictBody;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An account's new password. What fits is for the core to say; a missing one counts as empty. */
record NewPasswordBody(@Nullable String password) implements StrictBody {
    String newPassword() {
        return Objects.requireNonNullElse(password, "");
    }

    @Override
    public String toString() {
        return "NewPasswordBody[...]";
    }
}
