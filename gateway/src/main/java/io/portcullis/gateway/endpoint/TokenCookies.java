package io.portcullis.gateway.endpoint;

import io.portcullis.core.login.LoginResult;
import io.portcullis.core.token.Token;
import io.portcullis.gateway.authentication.TokenSources;
import java.time.Clock;
import java.time.Duration;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Sets and clears the token cookies, if {@code portcullis.http.cookies} is on. The cookies are {@code HttpOnly}, {@code Secure}
 * and {@code SameSite=Strict}.
 */
final class TokenCookies {
    /** Restricts the refresh token's cookie to the endpoints that need it. */
    private static final String REFRESH_PATH = "/system/auth";

    private final TokenSources sources;
    private final Clock clock;

    TokenCookies(TokenSources sources, Clock clock) {
        this.sources = sources;
        this.clock = clock;
    }

    /** Sets both cookies with the remaining life of their tokens; does nothing if cookies are off. */
    void set(ServerHttpResponse response, LoginResult result) {
        if (sources.cookies()) {
            Token access = result.tokens().access();
            Token refresh = result.tokens().refresh();
            response.addCookie(cookie(TokenSources.ACCESS_COOKIE, access.value(), "/", remaining(access)));
            response.addCookie(cookie(TokenSources.REFRESH_COOKIE, refresh.value(), REFRESH_PATH, remaining(refresh)));
        }
    }

    /**
     * Deletes both cookies. Call it only after a successful logout, because the client needs its cookies to repeat a failed one.
     */
    void clear(ServerHttpResponse response) {
        if (sources.cookies()) {
            response.addCookie(cookie(TokenSources.ACCESS_COOKIE, "", "/", Duration.ZERO));
            response.addCookie(cookie(TokenSources.REFRESH_COOKIE, "", REFRESH_PATH, Duration.ZERO));
        }
    }

    private Duration remaining(Token token) {
        Duration remaining = Duration.between(clock.instant(), token.expiresAt());
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    private static ResponseCookie cookie(String name, String value, String path, Duration maxAge) {
        return ResponseCookie.from(name, value)
                .path(path)
                .httpOnly(true)
                .secure(true)
                .sameSite("Strict")
                .maxAge(maxAge)
                .build();
    }
}
