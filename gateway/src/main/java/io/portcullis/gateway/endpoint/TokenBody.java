package io.portcullis.gateway.endpoint;

import io.portcullis.core.login.LoginResult;

/**
 * Represents the result of a login or a refresh. {@code expiresTime} is the expiry of the access token in epoch milliseconds. The
 * text form hides the tokens.
 */
record TokenBody(String userId, String accessToken, String refreshToken, long expiresTime, String sessionId) {
    static TokenBody of(LoginResult result) {
        return new TokenBody(
                result.userId(),
                result.tokens().access().value(),
                result.tokens().refresh().value(),
                result.tokens().access().expiresAt().toEpochMilli(),
                result.sessionId());
    }

    @Override
    public String toString() {
        return "TokenBody[userId=" + userId + ", sessionId=" + sessionId + "]";
    }
}
