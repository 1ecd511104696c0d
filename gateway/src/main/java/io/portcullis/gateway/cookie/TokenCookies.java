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
    private final CookieProperties properties;
    private final Clock clock;

    TokenCookies(CookieProperties properties, Clock clock) {
        this.properties = properties;
        this.clock = clock;
    }

    /** Sets both cookies with the remaining life of their tokens, and forbids caches to store the response. */
    public void set(ServerHttpResponse response, LoginResult result) {
        Token access = result.tokens().access();
        Token refresh = result.tokens().refresh();
        put(response, GatewayCookies.ACCESS, access.value(), remaining(access));
        put(response, GatewayCookies.REFRESH, refresh.value(), remaining(refresh));
    }

    /**
     * Deletes both cookies. Call it only when the session is over, because the client needs its cookies to repeat a call that a
     * store has failed.
     */
    public void clear(ServerHttpResponse response) {
        put(response, GatewayCookies.ACCESS, "", Duration.ZERO);
        put(response, GatewayCookies.REFRESH, "", Duration.ZERO);
    }

    /** Removes the cookies of this pair from the response; cookies that a later call has set or cleared stay. */
    void withdraw(ServerHttpResponse response, LoginResult result) {
        ResponseCookie set = response.getCookies().getFirst(GatewayCookies.REFRESH);
        if (set != null && set.getValue().equals(result.tokens().refresh().value())) {
            response.getCookies().remove(GatewayCookies.ACCESS);
            response.getCookies().remove(GatewayCookies.REFRESH);
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
        if (properties.cookies() == CookieMode.OFF) {
            return;
        }
        if (!response.getCookies().containsKey(name)) {
            SharedCaching.forbid(response);
        }
        response.getCookies()
                .set(
                        name,
                        ResponseCookie.from(name, value)
                                .path("/")
                                .httpOnly(true)
                                .secure(true)
                                .sameSite(properties.sameSite().attribute())
                                .maxAge(maxAge)
                                .build());
    }
}
