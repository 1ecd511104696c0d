package io.portcullis.gateway.cors;

import java.util.Set;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Removes a service's CORS headers from a response to which the gateway has added its own. A browser rejects a response with two
 * values of {@code Access-Control-Allow-Origin}.
 */
public final class ServiceCorsHeadersFilter implements HttpHeadersFilter {
    /** The lower-case names of the headers that a response may have only once. */
    public static final Set<String> NAMES = Set.of("access-control-allow-origin", "access-control-allow-credentials");

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        if (!exchange.getResponse().getHeaders().containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            return input;
        }
        HttpHeaders result = new HttpHeaders();
        result.addAll(input);
        NAMES.forEach(result::remove);
        return result;
    }
}
