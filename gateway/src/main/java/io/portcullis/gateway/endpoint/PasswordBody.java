package io.portcullis.gateway.endpoint;

import java.util.Objects;

/** The body of a change of one's own password. */
record PasswordBody(String currentPassword, String newPassword) implements StrictBody {
    PasswordBody {
        currentPassword = RequestFields.password("currentPassword", currentPassword);
        // Which password fits is for the core to say.
        newPassword = Objects.requireNonNullElse(newPassword, "");
    }

    @Override
    public String toString() {
        return "PasswordBody[...]";
    }
}
