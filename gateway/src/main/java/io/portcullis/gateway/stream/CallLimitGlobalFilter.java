package io.portcullis.gateway.stream;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.portcullis.gateway.authentication.ClientAddressResolver;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Counts the proxied calls in the filter chain, and refuses a call whose caller has too many in flight (ADR 0019). */
final class CallLimitGlobalFilter implements GlobalFilter, Ordered {
    /** Runs after the authentication filter, which determines the caller. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 150;

    private final OpenCalls calls;
    private final ClientAddressResolver addresses;

    CallLimitGlobalFilter(OpenCalls calls, ClientAddressResolver addresses) {
        this.calls = calls;
        this.addresses = addresses;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        return calls.call(Caller.of(exchange, addresses), OpenCalls.serviceOf(route.getUri()), call -> {
            call.attachTo(exchange);
            return chain.filter(exchange);
        });
    }
}
