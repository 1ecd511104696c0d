package io.portcullis.core.mother;

import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.RefreshTokenRecord;
import java.time.Instant;
import java.util.UUID;

/** Makes the stored forms of tokens. */
public final class Tokens {
    /** The user of every access token made here. */
    public static final String USER_ID = "u-1";

    private Tokens() {}

    /** Returns 64 random hexadecimal digits, as the digest of a token has. */
    public static String aDigest() {
        return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    }

    /** Returns an access token with a random digest, which no refresh has replaced. */
    public static AccessTokenRecord anAccessToken(String sessionId, Instant expiresAt) {
        return new AccessTokenRecord(aDigest(), sessionId, USER_ID, expiresAt, null);
    }

    /** Returns the access token as a refresh leaves it that replaces it at this time. */
    public static AccessTokenRecord superseded(AccessTokenRecord token, Instant at) {
        return new AccessTokenRecord(token.digest(), token.sessionId(), token.userId(), token.expiresAt(), at);
    }

    /** Returns a refresh token with a random digest, which nobody has used. */
    public static RefreshTokenRecord aRefreshToken(String sessionId, int generation, Instant expiresAt) {
        return RefreshTokenRecord.live(aDigest(), sessionId, generation, expiresAt);
    }
}
