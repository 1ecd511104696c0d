package io.portcullis.gateway.loginservice;

import io.portcullis.gateway.authentication.IdentityHeaders;
import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Removes the header {@code X-Portcullis-Login} from the response of every service in the filter chain, in every spelling, and keeps its
 * values for {@link LoginServiceGlobalFilter}.
 */
final class LoginHeaderFilter implements HttpHeadersFilter {
    private static final String ATTRIBUTE = LoginHeaderFilter.class.getName();

    /** Returns the values of the header in the last response of the service; empty if it had none. */
    static List<String> valuesOf(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(ATTRIBUTE, List.of());
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        List<String> names =
                input.headerNames().stream().filter(IdentityHeaders::isLogin).toList();
        if (names.isEmpty()) {
            exchange.getAttributes().remove(ATTRIBUTE);
            return input;
        }
        List<String> values =
                names.stream().flatMap(name -> input.getOrEmpty(name).stream()).toList();
        exchange.getAttributes().put(ATTRIBUTE, values);
        HttpHeaders result = new HttpHeaders();
        result.addAll(input);
        names.forEach(result::remove);
        return result;
    }
}
