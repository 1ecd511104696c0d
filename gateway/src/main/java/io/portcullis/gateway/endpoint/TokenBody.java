package io.portcullis.gateway.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.portcullis.core.login.LoginResult;
import org.jspecify.annotations.Nullable;

/**
 * Represents the result of a login or a refresh. {@code expiresTime} is the expiry of the access token in epoch milliseconds. The
 * tokens are left out if the client has them in cookies alone. The text form hides them.
 *
 * @param service the JSON of the login service that opened the session, null if it sent none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenBody(
        String userId,
        @Nullable String accessToken,
        @Nullable String refreshToken,
        long expiresTime,
        String sessionId,
        @JsonRawValue @Nullable String service) {
    static TokenBody of(LoginResult result, boolean withTokens) {
        return of(result, withTokens, null);
    }

    /** Creates the body of a response to a login. */
    public static TokenBody of(LoginResult result, boolean withTokens, @Nullable String service) {
        return new TokenBody(
                result.userId(),
                withTokens ? result.tokens().access().value() : null,
                withTokens ? result.tokens().refresh().value() : null,
                result.tokens().access().expiresAt().toEpochMilli(),
                result.sessionId(),
                service);
    }

    @Override
    public String toString() {
        return "TokenBody[userId=" + userId + ", sessionId=" + sessionId + "]";
    }
}
