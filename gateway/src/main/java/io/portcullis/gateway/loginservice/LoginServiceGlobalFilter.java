package io.portcullis.gateway.loginservice;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.route.RouteRules;
import io.portcullis.gateway.upstream.ServiceTimeouts;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Lets the services of routes with metadata {@code login: true} open sessions (docs/adr/0038). Refuses a login that a page of another
 * origin sends, as at the gateway's own endpoint, and replaces the response with which the service opens a session.
 */
final class LoginServiceGlobalFilter implements GlobalFilter, Ordered {
    /** Before the filter that removes the gateway's cookies from the request: their sessions end with the login. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 90;

    private final CookieMode mode;
    private final RequestSite site;
    private final ServiceTimeouts timeouts;
    private final LoginServiceResponder responder;

    LoginServiceGlobalFilter(
            CookieMode mode, RequestSite site, ServiceTimeouts timeouts, LoginServiceResponder responder) {
        this.mode = mode;
        this.site = site;
        this.timeouts = timeouts;
        this.responder = responder;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        if (!isLogin(route)) {
            return chain.filter(exchange);
        }
        // A redirection of single sign-on comes from a page of the provider. It is for the service to check its state.
        if (mode != CookieMode.OFF && !RequestSite.isSafe(exchange.getRequest().getMethod())) {
            site.refuseForeign(exchange);
        }
        // A compressed body could not become a part of the response.
        ServerHttpRequest request = exchange.getRequest()
                .mutate()
                .headers(headers -> headers.remove(HttpHeaders.ACCEPT_ENCODING))
                .build();
        return chain.filter(exchange.mutate()
                .request(request)
                .response(new LoginServiceResponse(
                        exchange, route.getId(), timeouts.response(route.getMetadata()), responder))
                .build());
    }

    /** Most routes have no such key, and then nothing else of the metadata is read. */
    private static boolean isLogin(Route route) {
        return route.getMetadata().containsKey("login")
                && RouteRules.of(route.getId(), route.getMetadata()).login();
    }
}
