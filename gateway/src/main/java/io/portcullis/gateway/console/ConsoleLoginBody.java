package io.portcullis.gateway.console;

import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.StrictBody;
import org.jspecify.annotations.Nullable;

/**
 * The request body of a login in the console.
 *
 * @param tenant the tenant of the username, where usernames are unique within a tenant only
 */
record ConsoleLoginBody(
        @Nullable String username,
        @Nullable String password,
        @Nullable String tenant) implements StrictBody {
    /** Returns the name. Throws {@code BAD_REQUEST} if it cannot be the name of an account. */
    String requireUsername() {
        return RequestFields.username(username);
    }

    /** Returns the password. Throws {@code BAD_REQUEST} if it cannot be a password. */
    String requirePassword() {
        return RequestFields.password("password", password);
    }

    @Override
    public String toString() {
        return "ConsoleLoginBody[username=" + username + "]";
    }
}
