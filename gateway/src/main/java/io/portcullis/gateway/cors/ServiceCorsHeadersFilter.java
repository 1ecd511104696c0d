package io.portcullis.gateway.cors;

import java.util.Set;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Drops a service's own CORS headers where the gateway has said the same already: a browser refuses an answer that names an allowed
 * origin twice.
 */
public final class ServiceCorsHeadersFilter implements HttpHeadersFilter {
    /** The names, of which an answer may have one each. */
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
