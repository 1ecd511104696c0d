package io.portcullis.core.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Represents a token of this gateway. {@link #value()} is the secret; no other accessor and no {@code toString} exposes it.
 *
 * @param digest SHA-256 of the value in lower-case hexadecimal. MySQL and Redis hold the digest, never the value
 */
public record Token(TokenKind kind, String value, String digest, Instant expiresAt) {
    /**
     * Returns the session id that the token's text carries; null for a token of the first format, whose session only its row
     * names.
     */
    public @Nullable String sessionId() {
        return TokenCodec.sessionIdIn(value);
    }

    /** Returns the id of the key that signed the token; null for an imported token. */
    public @Nullable KeyId keyId() {
        return TokenCodec.hasImportedForm(value) ? null : TokenCodec.keyIdIn(value);
    }

    /**
     * Returns the generation of a refresh token: 1 at login, 1 more with each rotation. 0 for an access token or the first
     * format.
     */
    public int generation() {
        return TokenCodec.generationIn(value);
    }

    /**
     * Returns whether a ticket is good for a request's path: the one to which the ticket is bound, or each path if it is bound to
     * none.
     *
     * @param path the path of the request in the form of {@link TicketPath#of}
     * @throws IllegalStateException if this token is no ticket
     */
    public boolean isGoodFor(TicketPath path) {
        if (kind != TokenKind.TICKET) {
            throw new IllegalStateException("kind: " + kind + " (expected: " + TokenKind.TICKET + ")");
        }
        TicketPath bound = TokenCodec.pathIn(value);
        return bound.isAny() || bound.equals(path);
    }

    @Override
    public String toString() {
        return "Token[kind=" + kind + ", digest=" + digest.substring(0, 8) + "..., expiresAt=" + expiresAt + "]";
    }
}
