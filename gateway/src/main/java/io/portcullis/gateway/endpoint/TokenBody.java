package io.portcullis.gateway.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.portcullis.core.login.LoginResult;
import org.jspecify.annotations.Nullable;

/**
 * Represents the result of a login or a refresh. {@code expiresTime} is the expiry of the access token in epoch milliseconds. The
 * tokens are left out if the client has them in cookies alone. The text form hides them.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenBody(
        String userId,
        @Nullable String accessToken,
        @Nullable String refreshToken,
        long expiresTime,
        String sessionId) {
    static TokenBody of(LoginResult result, boolean withTokens) {
        return new TokenBody(
                result.userId(),
                withTokens ? result.tokens().access().value() : null,
                withTokens ? result.tokens().refresh().value() : null,
                result.tokens().access().expiresAt().toEpochMilli(),
                result.sessionId());
    }

    @Override
    public String toString() {
        return "TokenBody[userId=" + userId + ", sessionId=" + sessionId + "]";
    }
}
