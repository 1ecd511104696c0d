package io.portcullis.gateway.authentication;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.MissingRoleException;
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
 * Authenticates requests to the gateway's own endpoints below {@code /system}, to which no {@code GlobalFilter} applies. An
 * endpoint that is not listed here as open or self-service requires the role {@code admin}.
 */
public final class LocalAuthenticationWebFilter implements WebFilter, Ordered {
    /** The role that administrators have. */
    public static final String ADMIN = "admin";

    /** The paths that this filter guards, whether or not an endpoint exists. Routes never serve them. */
    public static final PathPattern PATHS = pattern("/system/**");

    /** The order of this filter. The caller is known to filters after it. */
    public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    private static final PathPattern SELF_SERVICE = pattern("/system/auth/**");
    private static final Set<PathPattern> OPEN = Set.of(
            pattern("/system/auth/login"), pattern("/system/auth/refresh-token"), pattern("/system/auth/logout"));

    private static final String ADMITTED = LocalAuthenticationWebFilter.class.getName() + ".admitted";

    private static final String OF_ADMINISTRATION = LocalAuthenticationWebFilter.class.getName() + ".administration";

    private static final RouteRules FOR_USERS = RouteRules.required();
    private static final RouteRules FOR_ADMINISTRATORS = RouteRules.required(ADMIN);

    private final RequestAccess access;

    LocalAuthenticationWebFilter(RequestAccess access) {
        this.access = access;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        // Uses the parsed path, as the handler mapping does: "/%73ystem" matches "/system" in both.
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        if (!PATHS.matches(path)) {
            return chain.filter(exchange);
        }
        // These responses contain tokens or personal data, so no cache may store them.
        exchange.getResponse().getHeaders().setCacheControl(CacheControl.noStore());
        if (exchange.getAttribute(ADMITTED) != null) {
            return chain.filter(exchange);
        }
        if (isOpen(path) || CorsUtils.isPreFlightRequest(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        boolean selfService = SELF_SERVICE.matches(path);
        RouteRules rules = selfService ? FOR_USERS : FOR_ADMINISTRATORS;
        return access.decide(rules, exchange, admission -> {
            if (!selfService) {
                exchange.getAttributes().put(OF_ADMINISTRATION, true);
            }
            CurrentIdentity.store(exchange, admission);
            return chain.filter(exchange);
        });
    }

    /** Lets a request pass that an earlier filter has admitted and that needs no identity, such as a login. */
    public static void admit(ServerWebExchange exchange) {
        exchange.getAttributes().put(ADMITTED, true);
    }

    /**
     * Lets a request of an administrator pass whom an earlier filter has authenticated.
     *
     * @throws MissingRoleException if the caller has not the role {@code admin}
     */
    public static void admitAdministrator(ServerWebExchange exchange, Identity identity) {
        requireAdministrator(identity);
        CurrentIdentity.store(exchange, Admission.identified(identity, FOR_ADMINISTRATORS, null));
        exchange.getAttributes().put(OF_ADMINISTRATION, true);
        admit(exchange);
    }

    /** Returns whether the request was admitted because its caller is an administrator. */
    static boolean isOfAdministration(ServerWebExchange exchange) {
        return exchange.getAttribute(OF_ADMINISTRATION) != null;
    }

    /**
     * Checks that a caller is an administrator.
     *
     * @throws MissingRoleException if the caller has not the role {@code admin}
     */
    public static void requireAdministrator(Identity identity) {
        FOR_ADMINISTRATORS.requireRole(identity);
    }

    private static boolean isOpen(PathContainer path) {
        return OPEN.stream().anyMatch(pattern -> pattern.matches(path));
    }

    private static PathPattern pattern(String pattern) {
        return PathPatternParser.defaultInstance.parse(pattern);
    }
}
