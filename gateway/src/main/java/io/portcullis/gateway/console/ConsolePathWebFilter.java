package io.portcullis.gateway.console;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives the console's calls the path of their endpoint, see {@link ConsoleApi}. It precedes the check of the path, so that the rules for
 * the paths of endpoints apply.
 */
final class ConsolePathWebFilter implements WebFilter, Ordered {
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(ConsoleApi.map(exchange));
    }
}
