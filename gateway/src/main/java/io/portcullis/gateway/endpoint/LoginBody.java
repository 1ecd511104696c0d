package io.portcullis.gateway.endpoint;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request body of a login. The constructor validates the fields; unknown fields are ignored.
 *
 * @param clientId the id of the OAuth 2 client through which the user logs in
 * @param clientSecret the secret of this client; none for a public client
 * @param scope the scopes of the session, separated by spaces; none for all that the client may have
 */
record LoginBody(
        String username,
        String password,
        @Nullable String device,
        @Nullable String clientId,
        @Nullable String clientSecret,
        @Nullable String scope)
        implements EndpointBody {
    private static final int MAX_CLIENT_FIELD = 1_024;

    LoginBody {
        username = RequestFields.username(username);
        password = RequestFields.password("password", password);
        device = RequestFields.optionalText("device", device, 64);
        clientId = RequestFields.optionalText("clientId", clientId, MAX_CLIENT_FIELD);
        clientSecret = RequestFields.optionalText("clientSecret", clientSecret, MAX_CLIENT_FIELD);
        scope = RequestFields.optionalText("scope", scope, MAX_CLIENT_FIELD);
        if (clientId == null && (clientSecret != null || scope != null)) {
            throw RequestFields.invalidField("clientId", "the client to which clientSecret and scope belong");
        }
    }

    /** Returns the scopes that the client asks for. */
    Set<String> scopes() {
        return scope == null ? Set.of() : Set.copyOf(List.of(scope.strip().split(" +")));
    }

    /** Leaves out the password and the secret. */
    @Override
    public String toString() {
        return "LoginBody[username=" + username + ", clientId=" + clientId + "]";
    }
}
