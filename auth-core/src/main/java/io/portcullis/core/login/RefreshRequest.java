package io.portcullis.core.login;

import io.portcullis.core.session.ClientInfo;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A refresh token that a caller presents. {@code toString} leaves it out.
 *
 * @param clientId the OAuth 2 client that presents the token. It is the caller's duty to authenticate a confidential client. Null if the
 *     request names none
 * @param scopes the scopes to which the access token is narrowed (RFC 6749 section 6); empty for those of the session
 * @param origin the origin of the request
 */
public record RefreshRequest(String refreshToken, @Nullable String clientId, Set<String> scopes, ClientInfo origin) {
    public RefreshRequest {
        scopes = Set.copyOf(scopes);
    }

    @Override
    public String toString() {
        return "RefreshRequest[clientId=" + clientId + ", scopes=" + scopes + "]";
    }
}
