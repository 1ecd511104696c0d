package io.portcullis.core.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code access_token}. */
public record AccessTokenRecord(
        String digest,
        String sessionId,
        String userId,
        Instant expiresAt,
        @Nullable Instant supersededAt) {}
