package io.portcullis.core.login;

import io.portcullis.core.token.Token;
import java.util.Set;

/** The access token of a session that a client opened for itself, and its scopes. */
public record ClientToken(String sessionId, Token access, Set<String> scopes) {
    public ClientToken {
        scopes = Set.copyOf(scopes);
    }
}
