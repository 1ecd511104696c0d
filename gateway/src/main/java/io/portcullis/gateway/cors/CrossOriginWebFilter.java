package io.portcullis.gateway.cors;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.problem.DecisionPath;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Applies {@link CorsRules} to every request of the filter chain. It precedes all filters that refuse requests, so that a page of
 * an allowed origin can read error responses too. It answers preflight requests itself; they need no token. The decision endpoint has no
 * CORS rules: its status decides about a request to another path.
 */
final class CrossOriginWebFilter implements WebFilter, Ordered {
    private final CorsRules rules;
    private final ForwardedHeaders forwarded;
    private final CorsProcessor preflights = new DefaultCorsProcessor();

    CrossOriginWebFilter(CorsRules rules, ForwardedHeaders forwarded) {
        this.rules = rules;
        this.forwarded = forwarded;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        PathContainer path = request.getPath().pathWithinApplication();
        if (DecisionPath.matches(path)) {
            return chain.filter(exchange);
        }
        if (CorsUtils.isPreFlightRequest(request)) {
            return preflight(exchange, rules.find(path));
        }
        CorsRules.Decision decision = rules.decide(
                path,
                request.getMethod().name(),
                request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN),
                () -> forwarded.originOf(exchange));
        decision.headers().forEach(exchange.getResponse().getHeaders()::add);
        return decision.allowed() ? chain.filter(exchange) : refusal("CORS: origin or method not allowed");
    }

    private Mono<Void> preflight(ServerWebExchange exchange, @Nullable CorsConfiguration rule) {
        if (rule == null) {
            return refusal("CORS: no rules for this path");
        }
        if (exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.ORIGIN).size() > 1) {
            return refusal("CORS: more than one Origin");
        }
        return preflights.process(rule, exchange)
                ? Mono.empty()
                : refusal("CORS: origin, method or headers not allowed");
    }

    private static Mono<Void> refusal(String detail) {
        return Mono.error(PortcullisException.of(ErrorCode.FORBIDDEN, detail));
    }
}
