package io.portcullis.core.token.store;

import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.Token;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Represents a row of the table {@code refresh_token}.
 *
 * @param generation 1 at login, 1 more with each rotation
 * @param usedAt the time at which a refresh spent the token, or at which its successor pair was sent if that was a silent refresh;
 *     the grace window begins here. Null for a live token
 * @param sealedSuccessor the pair that replaced the token, for the grace window. It is encrypted under a key derived from the
 *     presented token; see {@link io.portcullis.core.token.SuccessorSeal}
 * @param undelivered whether a silent refresh spent the token and its successor pair has not been sent yet (ADR 0025); the grace
 *     window has then not begun
 * @param keyId the key that signed the token; null if it is not known, as of an imported token and of rows of an earlier release
 */
public record RefreshTokenRecord(
        String digest,
        String sessionId,
        int generation,
        Instant expiresAt,
        @Nullable Instant usedAt,
        @Nullable String sealedSuccessor,
        boolean undelivered,
        @Nullable KeyId keyId) {
    /** Creates the row of a token that no refresh has spent. */
    public static RefreshTokenRecord live(String digest, String sessionId, int generation, Instant expiresAt) {
        return new RefreshTokenRecord(digest, sessionId, generation, expiresAt, null, null, false, null);
    }

    /** Creates the row of a token that no refresh has spent. */
    public static RefreshTokenRecord live(Token token, String sessionId, int generation) {
        return new RefreshTokenRecord(
                token.digest(), sessionId, generation, token.expiresAt(), null, null, false, token.keyId());
    }

    /** Returns whether a refresh has already spent this token. */
    public boolean spent() {
        return usedAt != null;
    }

    /**
     * Returns the row as a refresh leaves it that spends the token.
     *
     * @param silent whether the grace window begins only when the successor pair has been sent
     */
    public RefreshTokenRecord spent(Instant at, String newSealedSuccessor, boolean silent) {
        return new RefreshTokenRecord(digest, sessionId, generation, expiresAt, at, newSealedSuccessor, silent, keyId);
    }
}
