package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.StrictBody;
import org.jspecify.annotations.Nullable;

/**
 * The request body that resets an account's password. The core validates the password; a missing one counts as empty.
 *
 * @param newPassword the password
 * @param password the earlier name of the field, refused beside the other name
 */
record NewPasswordBody(
        @Nullable String newPassword, @Nullable String password) implements StrictBody {
    NewPasswordBody {
        if (newPassword != null && password != null) {
            throw RequestFields.invalidField("password", "newPassword alone");
        }
    }

    /** Returns the password under either name. */
    String value() {
        if (newPassword != null) {
            return newPassword;
        }
        return password == null ? "" : password;
    }

    @Override
    public String toString() {
        return "NewPasswordBody[...]";
    }
}
