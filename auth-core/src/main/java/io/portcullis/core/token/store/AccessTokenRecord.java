package io.portcullis.core.token.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Represents a row of the table {@code access_token}.
 *
 * @param supersededAt the time from which the token is refused because a refresh has replaced it, that is, the end of its grace
 *     window; null for the newest token of the session
 */
public record AccessTokenRecord(
        String digest,
        String sessionId,
        String userId,
        Instant expiresAt,
        @Nullable Instant supersededAt) {}
