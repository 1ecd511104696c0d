package io.portcullis.gateway.endpoint;

import io.portcullis.core.login.LoginResult;

/** What a login or a refresh answers; {@code expiresTime} is the access token's, in epoch milliseconds. */
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
