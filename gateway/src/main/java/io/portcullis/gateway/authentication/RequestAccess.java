package io.portcullis.gateway.authentication;

import io.portcullis.gateway.cookie.CookieAuthentication;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.cookie.SharedCaching;
import io.portcullis.gateway.origin.Origin;
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
public final class RequestAccess {
    private final BearerTokenResolver resolver;
    private final RouteAccess access;
    private final TokenSources sources;
    private final CookieAuthentication cookies;
    private final RequestSite site;
    private final ClientInfoResolver clients;
    private final ClientAddressResolver addresses;

    RequestAccess(
            BearerTokenResolver resolver,
            RouteAccess access,
            TokenSources sources,
            CookieAuthentication cookies,
            RequestSite site,
            ClientInfoResolver clients,
            ClientAddressResolver addresses) {
        this.resolver = resolver;
        this.access = access;
        this.sources = sources;
        this.cookies = cookies;
        this.site = site;
        this.clients = clients;
        this.addresses = addresses;
    }

    /**
     * Returns whether pages of an origin may open a WebSocket on every route: those of the gateway's own host, and those of
     * {@code portcullis.http.allowed-origins}. That property has no effect while cookies are off, because it is about requests with
     * cookies. A request with a cookie is checked more strictly, see {@link #decide}.
     */
    boolean mayOpenWebSocket(Origin origin, ServerWebExchange exchange) {
        return site.isOwnHost(origin, exchange) || (sources.readsCookies() && site.isConfigured(origin));
    }

    /**
     * Calls {@code admitted} if the request may pass, and completes or fails with its result. Errors as
     * {@link RouteAccess#decide}; {@link BearerRequestException} if the request presents several bearer tokens, or a malformed one;
     * {@code FOREIGN_ORIGIN} if the credential is a cookie and the request comes from a page of another origin; and those of
     * {@link CookieAuthentication#authenticate}.
     */
    public Mono<Void> decide(RouteRules rules, ServerWebExchange exchange, Function<Admission, Mono<Void>> admitted) {
        return Mono.defer(() -> isDecidedByCookie(rules, exchange.getRequest())
                ? decideByCookie(rules, exchange, admitted)
                : access.decide(rules, resolver.tokenSource(exchange.getRequest(), addresses), admitted));
    }

    private boolean isDecidedByCookie(RouteRules rules, ServerHttpRequest request) {
        return rules.auth() != RouteRules.Auth.NONE
                && sources.readsCookies()
                && CookieAuthentication.isPresent(request.getHeaders())
                && resolver.find(request).isEmpty();
    }

    private Mono<Void> decideByCookie(
            RouteRules rules, ServerWebExchange exchange, Function<Admission, Mono<Void>> admitted) {
        ServerHttpRequest request = exchange.getRequest();
        if (WebSocketUpgrade.isRequested(request.getHeaders())) {
            site.requireOwnOrigin(exchange);
        } else {
            site.requireOwn(exchange);
        }
        SharedCaching.restrict(exchange.getResponse());
        return cookies.authenticate(exchange, clients.resolve(request))
                .flatMap(identity -> access.admit(identity, rules))
                .flatMap(admitted);
    }
}
