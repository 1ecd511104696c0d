package io.portcullis.core.token.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Represents a row of the table {@code refresh_token}.
 *
 * @param generation 1 at login, 1 more with each rotation
 * @param usedAt the time at which a refresh spent the token; null for a live token
 * @param sealedSuccessor the pair that replaced the token, for the grace window. It is encrypted under a key derived from the
 *     presented token; see {@link io.portcullis.core.token.SuccessorSeal}
 */
public record RefreshTokenRecord(
        String digest,
        String sessionId,
        int generation,
        Instant expiresAt,
        @Nullable Instant usedAt,
        @Nullable String sealedSuccessor) {
    /** Returns whether a refresh has already spent this token. */
    public boolean spent() {
        return usedAt != null;
    }
}
