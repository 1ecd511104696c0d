package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.AccessTokenAuthenticator;
import io.portcullis.core.token.Identity;
import io.portcullis.gateway.problem.MissingRoleException;
import java.util.List;
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

    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;
    private static final PathPattern LOCAL = pattern("/system/**");
    private static final PathPattern SELF_SERVICE = pattern("/system/auth/**");
    private static final Set<PathPattern> OPEN = Set.of(
            pattern("/system/auth/login"), pattern("/system/auth/refresh-token"), pattern("/system/auth/logout"));

    private final BearerTokenResolver resolver;
    private final AccessTokenAuthenticator authenticator;

    public LocalAuthenticationWebFilter(BearerTokenResolver resolver, AccessTokenAuthenticator authenticator) {
        this.resolver = resolver;
        this.authenticator = authenticator;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        // The parsed path, as the handler mapping matches it: "/%73ystem" is "/system" there too.
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        if (!LOCAL.matches(path)) {
            return chain.filter(exchange);
        }
        // What is answered here says who somebody is, or belongs to somebody.
        exchange.getResponse().getHeaders().setCacheControl(CacheControl.noStore());
        if (isOpen(path) || CorsUtils.isPreFlightRequest(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        boolean selfService = SELF_SERVICE.matches(path);
        return authenticate(exchange)
                .doOnNext(identity -> checkRole(identity, selfService))
                .doOnNext(identity -> exchange.getAttributes().put(CurrentIdentity.ATTRIBUTE, identity))
                .then(Mono.defer(() -> chain.filter(exchange)));
    }

    private static boolean isOpen(PathContainer path) {
        return OPEN.stream().anyMatch(pattern -> pattern.matches(path));
    }

    private Mono<Identity> authenticate(ServerWebExchange exchange) {
        return resolver.find(exchange.getRequest())
                .map(token -> authenticator.authenticate(token.value()))
                .orElseGet(() -> Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED)));
    }

    private static void checkRole(Identity identity, boolean selfService) {
        if (!selfService && !identity.hasRole(ADMIN)) {
            throw new MissingRoleException(List.of(ADMIN));
        }
    }

    private static PathPattern pattern(String pattern) {
        return PathPatternParser.defaultInstance.parse(pattern);
    }
}
