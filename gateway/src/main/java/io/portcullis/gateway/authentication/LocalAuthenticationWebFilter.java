package io.portcullis.gateway.authentication;

import io.portcullis.gateway.route.RouteRules;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.server.PathContainer;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Guards the gateway's own endpoints below {@code /system}, which no {@code GlobalFilter} sees. Denies by default:
 * an endpoint that nobody thought of is the administrators'.
 */
public final class LocalAuthenticationWebFilter implements WebFilter, Ordered {
    /** The role of administrators. */
    public static final String ADMIN = "admin";

    /** All that is guarded here, whether there is an endpoint or not. No route may serve it. */
    public static final PathPattern PATHS = pattern("/system/**");

    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;
    private static final PathPattern SELF_SERVICE = pattern("/system/auth/**");
    private static final Set<PathPattern> OPEN = Set.of(
            pattern("/system/auth/login"), pattern("/system/auth/refresh-token"), pattern("/system/auth/logout"));

    private static final RouteRules FOR_USERS = RouteRules.required();
    private static final RouteRules FOR_ADMINISTRATORS = RouteRules.required(ADMIN);

    private final BearerTokenResolver resolver;
    private final RouteAccess access;

    public LocalAuthenticationWebFilter(BearerTokenResolver resolver, RouteAccess access) {
        this.resolver = resolver;
        this.access = access;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        // The parsed path, as the handler mapping matches it: "/%73ystem" is "/system" there too.
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        if (!PATHS.matches(path)) {
            return chain.filter(exchange);
        }
        // What is answered here says who somebody is, or belongs to somebody.
        exchange.getResponse().getHeaders().setCacheControl(CacheControl.noStore());
        if (isOpen(path) || CorsUtils.isPreFlightRequest(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        RouteRules rules = SELF_SERVICE.matches(path) ? FOR_USERS : FOR_ADMINISTRATORS;
        return access.decide(rules, resolver.in(exchange.getRequest()), admission -> {
            CurrentIdentity.keep(exchange, admission);
            return chain.filter(exchange);
        });
    }

    private static boolean isOpen(PathContainer path) {
        return OPEN.stream().anyMatch(pattern -> pattern.matches(path));
    }

    private static PathPattern pattern(String pattern) {
        return PathPatternParser.defaultInstance.parse(pattern);
    }
}
