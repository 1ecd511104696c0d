package io.portcullis.core.login;

import io.portcullis.core.client.GrantType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.Set;

/**
 * The OAuth 2 client through which a user logs in. The session is that client's: its lifetimes and scopes apply, and nobody else uses the
 * refresh tokens.
 *
 * @param client the client, which has presented its secret if it has one
 * @param scopes the scopes of the session
 */
public record LoginClient(RegisteredClient client, Set<String> scopes) {
    public LoginClient {
        scopes = Set.copyOf(scopes);
    }

    /**
     * Returns the client with the scopes that it asks for, or with all that it may have if it asks for none.
     *
     * @throws PortcullisException {@code CLIENT_REFUSED} if the client may not refresh tokens; {@code SCOPE_NOT_GRANTED} if it may not
     *     have these scopes
     */
    public static LoginClient of(RegisteredClient client, Set<String> requested) {
        if (!client.mayUse(GrantType.REFRESH_TOKEN)) {
            throw PortcullisException.of(ErrorCode.CLIENT_REFUSED);
        }
        return new LoginClient(client, client.grantedScopes(requested));
    }
}
