package io.portcullis.core.token.store;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes the grant under which an access token was issued (RFC 6749): to which client, for which scopes, when and until when.
 *
 * @param clientId the OAuth 2 client of the token's session; null for a session without a client
 * @param scopes the scopes of the token
 * @param issuedAt the time of the issue; null if it is unknown
 * @param expiresAt the expiry of the token; null if it is unknown. The token's text names it, too
 */
public record TokenGrant(
        @Nullable String clientId,
        Set<String> scopes,
        @Nullable Instant issuedAt,
        @Nullable Instant expiresAt) {
    /** The grant of a token of a session without a client and scopes, whose times are unknown. */
    public static final TokenGrant NONE = new TokenGrant(null, Set.of(), null, null);

    public TokenGrant {
        scopes = Set.copyOf(scopes);
    }

    /** Returns whether the token has a client or scopes. */
    public boolean restricted() {
        return clientId != null || !scopes.isEmpty();
    }
}
