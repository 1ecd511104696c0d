package io.portcullis.gateway.endpoint;

import java.util.Objects;

/** The request body with which users change their own password. */
record PasswordBody(String currentPassword, String newPassword) implements StrictBody {
    PasswordBody {
        currentPassword = RequestFields.password("currentPassword", currentPassword);
        // The core validates the new password.
        newPassword = Objects.requireNonNullElse(newPassword, "");
    }

    @Override
    public String toString() {
        return "PasswordBody[...]";
    }
}
