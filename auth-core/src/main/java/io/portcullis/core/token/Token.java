package io.portcullis.core.token;

import java.time.Instant;

/**
 * A token that this gateway minted. {@link #value()} is the secret; nothing else gives it away.
 *
 * @param digest lower-case hex SHA-256 of the value: all that the stores ever hold
 */
public record Token(TokenKind kind, String value, String digest, Instant expiresAt) {
    @Override
    public String toString() {
        return "Token[kind=" + kind + ", digest=" + digest.substring(0, 8) + "..., expiresAt=" + expiresAt + "]";
    }
}
