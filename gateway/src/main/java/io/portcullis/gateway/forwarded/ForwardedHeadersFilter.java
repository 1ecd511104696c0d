package io.portcullis.gateway.forwarded;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes {@link ForwardedHeaders} in the filter chain, in the place of the gateway library's own filters, which keep only those
 * entries of {@code X-Forwarded-For} that are themselves trusted proxies. A header that a filter of the route has set stays.
 */
final class ForwardedHeadersFilter implements HttpHeadersFilter, Ordered {
    private final ForwardedHeaders forwarded;

    ForwardedHeadersFilter(ForwardedHeaders forwarded) {
        this.forwarded = forwarded;
    }

    /** After the library's filters, which remove or rewrite the same headers. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        ReceivedForwardedHeaders received = ReceivedForwardedHeaders.storedIn(exchange);
        HttpHeaders result = new HttpHeaders();
        input.forEach((name, values) -> {
            if (!ForwardedHeaders.isReserved(name)) {
                result.addAll(name, values);
            }
        });
        Set<String> ofTheRoute = new HashSet<>();
        request.getHeaders().forEach((name, values) -> {
            // Only clients use spellings without "-". Values that were not received come from the route's filters.
            String key = ReceivedForwardedHeaders.key(name);
            List<String> added = new ArrayList<>(values);
            added.removeAll(received.get(key));
            if (ReceivedForwardedHeaders.isRead(name) && !added.isEmpty()) {
                ofTheRoute.add(key);
                result.addAll(name, added);
            }
        });
        forwarded.describe(
                received,
                request.getRemoteAddress(),
                Objects.requireNonNullElse(request.getURI().getScheme(), "http"),
                request.getURI().getRawPath(),
                (name, value) -> {
                    if (!ofTheRoute.contains(ReceivedForwardedHeaders.key(name))) {
                        result.set(name, value);
                    }
                });
        return result;
    }
}
