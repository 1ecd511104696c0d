package io.portcullis.core.login;

import io.portcullis.core.token.TokenPair;
import java.util.Set;

/**
 * The result of a login or refresh.
 *
 * @param scopes the scopes of the access token; empty for a session without scopes
 */
public record LoginResult(String userId, String sessionId, TokenPair tokens, Set<String> scopes) {
    public LoginResult {
        scopes = Set.copyOf(scopes);
    }
}
