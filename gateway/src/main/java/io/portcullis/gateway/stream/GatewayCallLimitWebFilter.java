package io.portcullis.gateway.stream;

import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.authentication.OAuth2Paths;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Counts the calls to the gateway's own endpoints, and refuses a call whose caller has too many in flight (ADR 0019). Otherwise the slow
 * bodies of one address could fill the memory of the node.
 */
public final class GatewayCallLimitWebFilter implements WebFilter, Ordered {
    private final OpenCalls calls;
    private final ClientAddressResolver addresses;

    public GatewayCallLimitWebFilter(OpenCalls calls, ClientAddressResolver addresses) {
        this.calls = calls;
        this.addresses = addresses;
    }

    /** Runs after the authentication filter, which determines the caller, and before the body is read. */
    @Override
    public int getOrder() {
        return LocalAuthenticationWebFilter.ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        return LocalAuthenticationWebFilter.PATHS.matches(path) || OAuth2Paths.match(path)
                ? calls.gatewayCall(Caller.of(exchange, addresses), () -> chain.filter(exchange))
                : chain.filter(exchange);
    }
}
