package io.portcullis.core.token.store;

import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenKind;
import java.time.Instant;

/** A token that was imported from another system, as its row describes it. The row outlives the token's use. */
public record ImportedToken(TokenKind kind, String digest, String sessionId, Instant expiresAt) {
    /** Returns the token, now that the row has proved the text. */
    public Token of(String value) {
        return new Token(kind, value, digest, expiresAt);
    }
}
