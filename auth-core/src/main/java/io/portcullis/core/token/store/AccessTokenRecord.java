package io.portcullis.core.token.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code access_token}.
 *
 * @param supersededAt from when on it is refused because a refresh replaced it: the end of the grace window; null while it is the
 *     newest
 */
public record AccessTokenRecord(
        String digest,
        String sessionId,
        String userId,
        Instant expiresAt,
        @Nullable Instant supersededAt) {}
