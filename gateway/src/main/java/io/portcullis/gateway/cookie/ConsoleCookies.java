package io.portcullis.gateway.cookie;

import io.portcullis.core.login.LoginResult;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.token.store.Identity;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The cookies of the administrators' console (ADR 0031). They are used whatever {@code portcullis.http.cookies} says, and browsers
 * send them to the console alone. Only pages of the gateway's own origin may use them.
 */
public final class ConsoleCookies {
    private final TokenCookies cookies;
    private final CookieAuthentication authentication;
    private final RequestSite site;

    ConsoleCookies(TokenCookies cookies, CookieAuthentication authentication, RequestSite site) {
        this.cookies = cookies;
        this.authentication = authentication;
        this.site = site;
    }

    /**
     * Checks that no page of another origin sent the request, whatever its method: the console's pages alone call the console.
     *
     * @throws io.portcullis.core.error.PortcullisException {@code FOREIGN_ORIGIN} if the request is refused
     */
    public void requireOwn(ServerWebExchange exchange) {
        site.refuseForeign(exchange);
        site.requireOwn(exchange);
    }

    /** Checks a login, as {@link RequestSite#refuseForeign} does: it needs no cookie, so a client that is no browser may send it. */
    public void refuseForeign(ServerWebExchange exchange) {
        site.refuseForeign(exchange);
    }

    /** Emits the identity of the caller and refreshes the session if needed, as {@link CookieAuthentication#authenticate} does. */
    public Mono<Identity> authenticate(ServerWebExchange exchange, ClientInfo client) {
        return authentication.authenticate(exchange, client);
    }

    /** Returns all tokens in the console's cookies, those of a refresh first. */
    public List<String> tokens(ServerHttpRequest request) {
        List<String> values = request.getHeaders().getOrEmpty(HttpHeaders.COOKIE);
        return Stream.concat(cookies.refreshTokens(values).stream(), cookies.accessTokens(values).stream())
                .toList();
    }

    /** Sets both cookies, and forbids caches to store the response. */
    public void set(ServerHttpResponse response, LoginResult result) {
        cookies.set(response, result);
    }

    /** Deletes both cookies. */
    public void clear(ServerHttpResponse response) {
        cookies.clear(response);
    }
}
