package io.portcullis.gateway.cookie;

import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** Removes {@code Set-Cookie} values for the gateway's own cookies from the responses of services, in the filter chain. */
final class ServiceCookiesFilter implements HttpHeadersFilter {
    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        List<String> cookies = input.getOrEmpty(HttpHeaders.SET_COOKIE);
        List<String> kept = cookies.stream()
                .filter(cookie -> !GatewayCookies.isSetBy(cookie))
                .toList();
        if (kept.size() == cookies.size()) {
            return input;
        }
        HttpHeaders result = new HttpHeaders();
        result.addAll(input);
        result.remove(HttpHeaders.SET_COOKIE);
        result.addAll(HttpHeaders.SET_COOKIE, kept);
        return result;
    }
}
