package io.portcullis.gateway.cookie;

import io.portcullis.core.error.PortcullisException;
import java.util.Locale;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Applies {@link RequestSite} to login, refresh and logout, which need no access token and therefore pass the other filters
 * unchecked. Does nothing if cookies are off.
 */
final class OpenEndpointsWebFilter implements WebFilter, Ordered {
    /** After the filter that authenticates requests to the other endpoints. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 11;

    private static final PathPattern LOGIN = PathPatternParser.defaultInstance.parse("/system/auth/login");
    private static final PathPattern REFRESH = PathPatternParser.defaultInstance.parse("/system/auth/refresh-token");
    private static final PathPattern LOGOUT = PathPatternParser.defaultInstance.parse("/system/auth/logout");

    private final CookieMode mode;
    private final RequestSite site;

    OpenEndpointsWebFilter(CookieMode mode, RequestSite site) {
        this.mode = mode;
        this.site = site;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (mode != CookieMode.OFF
                && HttpMethod.POST.equals(exchange.getRequest().getMethod())) {
            try {
                check(exchange);
            } catch (PortcullisException refused) {
                return Mono.error(refused);
            }
        }
        return chain.filter(exchange);
    }

    private void check(ServerWebExchange exchange) {
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        boolean refresh = REFRESH.matches(path);
        if (refresh || LOGIN.matches(path)) {
            // Both set cookies. Else a foreign page could log the user in to the account of an attacker.
            site.refuseForeign(exchange);
        }
        HttpHeaders headers = exchange.getRequest().getHeaders();
        boolean byCookie = CookieAuthentication.isPresent(headers) && !presentsBearer(headers);
        if (byCookie && (refresh || LOGOUT.matches(path))) {
            site.requireOwn(exchange);
        }
    }

    /** Returns whether the credential is a bearer token. A form cannot send it, and a script of a foreign page must be allowed to. */
    private boolean presentsBearer(HttpHeaders headers) {
        String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
        return mode == CookieMode.ON
                && authorization != null
                && authorization.toLowerCase(Locale.ROOT).startsWith("bearer ");
    }
}
