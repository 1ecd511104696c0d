package io.portcullis.core.token.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code refresh_token}.
 *
 * @param generation 1 at login, one more with each rotation
 * @param usedAt when it was spent; null while fresh
 * @param sealedSuccessor the pair that replaced it, encrypted under a key that only the presented token yields; kept for the
 *     grace window
 */
public record RefreshTokenRecord(
        String digest,
        String sessionId,
        int generation,
        Instant expiresAt,
        @Nullable Instant usedAt,
        @Nullable String sealedSuccessor) {
    /** Whether it has been exchanged already. */
    public boolean spent() {
        return usedAt != null;
    }
}
