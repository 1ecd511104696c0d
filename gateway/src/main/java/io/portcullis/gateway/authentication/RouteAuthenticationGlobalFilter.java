package io.portcullis.gateway.authentication;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.AccessTokenAuthenticator;
import io.portcullis.core.token.Identity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Decides who may pass on a route, and tells the service behind it who is calling (docs/design.md section 5). */
public final class RouteAuthenticationGlobalFilter implements GlobalFilter, Ordered {
    /** Before every filter that changes or sends the request. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

    private final BearerTokenResolver resolver;
    private final AccessTokenAuthenticator authenticator;
    private final TokenRemoval removal;
    private final Map<Map<String, Object>, RouteRules> rules = new ConcurrentHashMap<>();

    public RouteAuthenticationGlobalFilter(
            BearerTokenResolver resolver, AccessTokenAuthenticator authenticator, TokenPlaces places) {
        this.resolver = resolver;
        this.authenticator = authenticator;
        this.removal = new TokenRemoval(places);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        RouteRules rule = rules.computeIfAbsent(route.getMetadata(), RouteRules::of);
        WebSocketGuard.check(exchange.getRequest(), route.getUri(), rule);
        if (rule.auth() == RouteRules.Auth.NONE) {
            return chain.filter(withoutIdentity(exchange, rule));
        }
        return authenticate(exchange, rule)
                .doOnNext(rule::requireRole)
                .map(identity -> withIdentity(exchange, identity, rule))
                .switchIfEmpty(Mono.fromSupplier(() -> withoutIdentity(exchange, rule)))
                .flatMap(chain::filter);
    }

    /** Emits nothing for an anonymous caller on a route that lets such callers pass. */
    private Mono<Identity> authenticate(ServerWebExchange exchange, RouteRules rule) {
        return resolver.find(exchange.getRequest())
                .map(token -> authenticator.authenticate(token.value()))
                .orElseGet(() -> rule.auth() == RouteRules.Auth.OPTIONAL
                        ? Mono.empty()
                        : Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED)));
    }

    private ServerWebExchange withIdentity(ServerWebExchange exchange, Identity identity, RouteRules rule) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpRequest.Builder builder = request.mutate();
        if (!rule.forwardToken()) {
            removal.removePresented(builder, request);
        }
        builder.headers(headers -> IdentityHeaders.set(headers, identity));
        ServerWebExchange identified =
                exchange.mutate().request(builder.build()).build();
        identified.getAttributes().put(CurrentIdentity.ATTRIBUTE, identity);
        return identified;
    }

    private ServerWebExchange withoutIdentity(ServerWebExchange exchange, RouteRules rule) {
        if (rule.forwardToken()) {
            return exchange;
        }
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpRequest.Builder builder = request.mutate();
        removal.removeOurs(builder, request);
        return exchange.mutate().request(builder.build()).build();
    }
}
