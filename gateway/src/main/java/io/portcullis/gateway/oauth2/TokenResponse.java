package io.portcullis.gateway.oauth2;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.portcullis.core.login.ClientToken;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.token.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A successful response of the token endpoint (RFC 6749 section 5.1). The text form hides the tokens. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenResponse(
        @JsonProperty("access_token") String accessToken,
        @JsonProperty("token_type") String tokenType,
        @JsonProperty("expires_in") long expiresIn,
        @JsonProperty("refresh_token") @Nullable String refreshToken,
        @Nullable String scope) {
    private static final String BEARER = "Bearer";

    static TokenResponse of(LoginResult refreshed, Instant now) {
        return of(refreshed.tokens().access(), refreshed.tokens().refresh().value(), refreshed.scopes(), now);
    }

    static TokenResponse of(ClientToken token, Instant now) {
        return of(token.access(), null, token.scopes(), now);
    }

    private static TokenResponse of(Token access, @Nullable String refresh, Set<String> scopes, Instant now) {
        long seconds = Math.max(0, Duration.between(now, access.expiresAt()).toSeconds());
        return new TokenResponse(access.value(), BEARER, seconds, refresh, scopeText(scopes));
    }

    /** Returns the scopes in alphabetical order with spaces in between, as RFC 6749 section 3.3 writes them; null without scopes. */
    static @Nullable String scopeText(Set<String> scopes) {
        return scopes.isEmpty() ? null : String.join(" ", new TreeSet<>(scopes));
    }

    @Override
    public String toString() {
        return "TokenResponse[expiresIn=" + expiresIn + ", scope=" + scope + "]";
    }
}
