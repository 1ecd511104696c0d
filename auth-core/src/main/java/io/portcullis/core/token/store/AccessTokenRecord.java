package io.portcullis.core.token.store;

import io.portcullis.core.token.Token;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Represents a row of the table {@code access_token}.
 *
 * @param supersededAt the time from which the token is refused because a refresh has replaced it, that is, the end of its grace
 *     window; null for the newest token of the session
 * @param issuedAt the time of the issue; null if an earlier release issued the token, and for a record that was not read for it
 * @param scopes the scopes of this token if a refresh has narrowed those of its session (RFC 6749 section 6); null for the scopes of the
 *     session
 */
public record AccessTokenRecord(
        String digest,
        String sessionId,
        String userId,
        Instant expiresAt,
        @Nullable Instant supersededAt,
        @Nullable Instant issuedAt,
        @Nullable Set<String> scopes) {
    public AccessTokenRecord {
        scopes = scopes == null ? null : Set.copyOf(scopes);
    }

    /** Creates a record without the time of the issue, with the scopes of the session. */
    public AccessTokenRecord(
            String digest, String sessionId, String userId, Instant expiresAt, @Nullable Instant supersededAt) {
        this(digest, sessionId, userId, expiresAt, supersededAt, null, null);
    }

    /** Creates the record of a new token. */
    public static AccessTokenRecord issued(
            Token access, String sessionId, String userId, Instant at, @Nullable Set<String> scopes) {
        return new AccessTokenRecord(access.digest(), sessionId, userId, access.expiresAt(), null, at, scopes);
    }
}
