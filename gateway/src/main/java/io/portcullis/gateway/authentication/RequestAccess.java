package io.portcullis.gateway.authentication;

import io.portcullis.gateway.cookie.CookieAuthentication;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.cookie.SharedCaching;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.route.RouteRules;
import java.util.function.Function;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Decides on a request of the filter chain or of an own endpoint: finds its credential, and applies {@link RouteAccess}. A bearer
 * token precedes the gateway's cookies, which browsers attach by themselves.
 */
final class RequestAccess {
    private final BearerTokenResolver resolver;
    private final RouteAccess access;
    private final TokenSources sources;
    private final CookieAuthentication cookies;
    private final RequestSite site;
    private final ClientInfoResolver clients;

    RequestAccess(
            BearerTokenResolver resolver,
            RouteAccess access,
            TokenSources sources,
            CookieAuthentication cookies,
            RequestSite site,
            ClientInfoResolver clients) {
        this.resolver = resolver;
        this.access = access;
        this.sources = sources;
        this.cookies = cookies;
        this.site = site;
        this.clients = clients;
    }

    /**
     * Returns whether the configuration allows an origin for each route ({@code portcullis.http.allowed-origins}); never while
     * cookies are off, because the property is about requests with cookies.
     */
    boolean isAllowedOrigin(String origin) {
        return sources.readsCookies() && site.isConfigured(origin);
    }

    /**
     * Calls {@code admitted} if the request may pass, and completes or fails with its result. Errors as
     * {@link RouteAccess#decide}; {@code FOREIGN_ORIGIN} if the credential is a cookie and the request comes from a page of another
     * origin; and those of {@link CookieAuthentication#authenticate}.
     *
     * @throws BearerRequestException if the request presents several bearer tokens, or a malformed one
     */
    Mono<Void> decide(RouteRules rules, ServerWebExchange exchange, Function<Admission, Mono<Void>> admitted) {
        ServerHttpRequest request = exchange.getRequest();
        boolean cookie = rules.auth() != RouteRules.Auth.NONE
                && sources.readsCookies()
                && CookieAuthentication.isPresent(request.getHeaders())
                && resolver.find(request).isEmpty();
        return cookie
                ? decideByCookie(rules, exchange, admitted)
                : access.decide(rules, resolver.tokenSource(request), admitted);
    }

    private Mono<Void> decideByCookie(
            RouteRules rules, ServerWebExchange exchange, Function<Admission, Mono<Void>> admitted) {
        ServerHttpRequest request = exchange.getRequest();
        return Mono.defer(() -> {
            if (WebSocketUpgrade.isRequested(request.getHeaders())) {
                site.requireOwnOrigin(exchange);
            } else {
                site.requireOwn(exchange);
            }
            SharedCaching.restrict(exchange.getResponse());
            return cookies.authenticate(exchange, clients.resolve(request))
                    .flatMap(identity -> admitted.apply(RouteAccess.admit(identity, rules)));
        });
    }
}
