package io.portcullis.gateway.cookie;

import io.portcullis.core.login.LoginResult;
import io.portcullis.core.token.Token;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Sets and clears the token cookies, unless cookies are off. The cookies are {@code HttpOnly}, {@code Secure} and
 * {@code SameSite}, and have no {@code Domain}. A later call on the same response replaces the cookies of an earlier one.
 */
public final class TokenCookies {
    private final CookieMode mode;
    private final CookiePair pair;
    private final Clock clock;

    TokenCookies(CookieMode mode, CookiePair pair, Clock clock) {
        this.mode = mode;
        this.pair = pair;
        this.clock = clock;
    }

    /** Returns the texts with the form of an access token in the cookies of this pair, at most four. */
    List<String> accessTokens(List<String> cookies) {
        return GatewayCookies.accessTokens(cookies, pair.access());
    }

    /** Returns the texts with the form of a refresh token in the cookies of this pair, at most four. */
    List<String> refreshTokens(List<String> cookies) {
        return GatewayCookies.refreshTokens(cookies, pair.refresh());
    }

    /** Sets both cookies with the remaining life of their tokens, and forbids caches to store the response. */
    public void set(ServerHttpResponse response, LoginResult result) {
        Token access = result.tokens().access();
        Token refresh = result.tokens().refresh();
        put(response, pair.access(), access.value(), remaining(access));
        put(response, pair.refresh(), refresh.value(), remaining(refresh));
    }

    /**
     * Deletes both cookies. Call it only when the session is over, because the client needs its cookies to repeat a call that a
     * store has failed.
     */
    public void clear(ServerHttpResponse response) {
        put(response, pair.access(), "", Duration.ZERO);
        put(response, pair.refresh(), "", Duration.ZERO);
    }

    /** Removes the cookies of this pair from the response; cookies that a later call has set or cleared stay. */
    void withdraw(ServerHttpResponse response, LoginResult result) {
        ResponseCookie set = response.getCookies().getFirst(pair.refresh());
        if (set != null && set.getValue().equals(result.tokens().refresh().value())) {
            response.getCookies().remove(pair.access());
            response.getCookies().remove(pair.refresh());
        }
    }

    /**
     * Deletes both cookies if the request has one of them. Otherwise nothing is set: browsers send no {@code SameSite} cookies with
     * the form of a foreign site, but would accept a {@code Set-Cookie} of the response, which replaces the page. Such a form could
     * take the cookies away from the user.
     */
    public void clearIfSent(ServerWebExchange exchange) {
        List<String> sent = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.COOKIE);
        if (sent.stream().anyMatch(GatewayCookies::mayBeIn)) {
            clear(exchange.getResponse());
        }
    }

    private Duration remaining(Token token) {
        Duration remaining = Duration.between(clock.instant(), token.expiresAt());
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    private void put(ServerHttpResponse response, String name, String value, Duration maxAge) {
        if (mode == CookieMode.OFF) {
            return;
        }
        if (!response.getCookies().containsKey(name)) {
            SharedCaching.forbid(response);
        }
        response.getCookies()
                .set(
                        name,
                        ResponseCookie.from(name, value)
                                .path(pair.path())
                                .httpOnly(true)
                                .secure(true)
                                .sameSite(pair.sameSite().attribute())
                                .maxAge(maxAge)
                                .build());
    }
}
