package io.portcullis.gateway.admin;

import io.portcullis.core.token.use.TokenUse;
import org.jspecify.annotations.Nullable;

/** Represents the uses of a token from one address within an hour. Times are in epoch milliseconds. */
record TokenUseBody(
        String accessTokenId,
        String sessionId,
        String userId,
        String ip,
        long firstSeenTime,
        long lastSeenTime,
        @Nullable String tenantId) {
    static TokenUseBody of(TokenUse use) {
        return new TokenUseBody(
                use.accessTokenId(),
                use.sessionId(),
                use.userId(),
                use.ip(),
                use.firstSeenAt().toEpochMilli(),
                use.lastSeenAt().toEpochMilli(),
                use.tenantId());
    }
}
