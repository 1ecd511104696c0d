package io.portcullis.migrate;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A login of the source: a refresh token and its newest access token. It has digests only, so that no token leaves the reader.
 *
 * @param refreshDigest null for a refresh token that is not of the form that the gateway recognises
 * @param access the newest unexpired access token; null if there is none
 */
record SourceSession(
        String id,
        @Nullable String refreshDigest,
        @Nullable AccessToken access,
        String userId,
        boolean administrator,
        String clientId,
        List<String> scopes,
        Instant createdAt,
        Instant expiresAt) {

    /** An access token of the source, by digest. */
    record AccessToken(String digest, Instant createdAt, Instant expiresAt) {}

    SourceSession with(@Nullable AccessToken token) {
        return new SourceSession(
                id, refreshDigest, token, userId, administrator, clientId, scopes, createdAt, expiresAt);
    }

    @Override
    public String toString() {
        return "session " + id + " of account " + userId;
    }
}
