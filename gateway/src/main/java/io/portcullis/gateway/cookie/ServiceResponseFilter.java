package io.portcullis.gateway.cookie;

import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Removes from the responses of services, in the filter chain, what sets or clears the gateway's own cookies: values of
 * {@code Set-Cookie} in every mode, and directives of {@code Clear-Site-Data} unless cookies are off.
 */
final class ServiceResponseFilter implements HttpHeadersFilter {
    private final CookieMode mode;

    ServiceResponseFilter(CookieMode mode) {
        this.mode = mode;
    }

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
        boolean clears = mode != CookieMode.OFF && input.containsHeader(ClearSiteData.NAME);
        if (kept.size() == cookies.size() && !clears) {
            return input;
        }
        HttpHeaders result = new HttpHeaders();
        result.addAll(input);
        replace(result, HttpHeaders.SET_COOKIE, kept);
        if (clears) {
            replace(result, ClearSiteData.NAME, ClearSiteData.withoutCookies(input.getOrEmpty(ClearSiteData.NAME)));
        }
        return result;
    }

    private static void replace(HttpHeaders headers, String name, List<String> values) {
        headers.remove(name);
        if (!values.isEmpty()) {
            headers.addAll(name, values);
        }
    }
}
