package io.portcullis.core.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that this gateway minted. {@link #value()} is the secret; nothing else gives it away.
 *
 * @param digest lower-case hex SHA-256 of the value: all that the stores ever hold
 */
public record Token(TokenKind kind, String value, String digest, Instant expiresAt) {
    /** The session that the token descends from, as its text says; null in a token of the first format, which only its row tells. */
    public @Nullable String sessionId() {
        return TokenCodec.sessionIdIn(value);
    }

    /** How many refresh tokens of the session were minted up to this one; 0 for an access token and in the first format. */
    public int generation() {
        return TokenCodec.generationIn(value);
    }

    @Override
    public String toString() {
        return "Token[kind=" + kind + ", digest=" + digest.substring(0, 8) + "..., expiresAt=" + expiresAt + "]";
    }
}
