package io.portcullis.gateway.fastpath;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends path and query to the service unchanged. Spring Cloud Gateway parses and rebuilds them, which drops empty parameters
 * ({@code a&&b}, {@code ?=x}) and percent-encodes text beside a bracket a second time.
 */
final class RawTargetGlobalFilter implements GlobalFilter, Ordered {
    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI service = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
        if (service != null && service.getRawAuthority() != null) {
            URI request = exchange.getRequest().getURI();
            String query = request.getRawQuery();
            URI raw = URI.create(service.getScheme() + "://" + service.getRawAuthority() + request.getRawPath()
                    + (query == null ? "" : "?" + query));
            exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, raw);
        }
        return chain.filter(exchange);
    }
}
