package io.portcullis.gateway.fastpath;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR;

import io.portcullis.gateway.cors.CorsRules;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.core.env.Environment;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds the route of a request in the filter chain with the path index of {@link RouteTable}. Spring Cloud Gateway evaluates
 * the predicates of all routes in turn, which takes milliseconds with thousands of routes. This class evaluates only routes
 * whose path patterns can match.
 */
final class IndexedRouteMapping extends RoutePredicateHandlerMapping {
    private static final Logger log = LoggerFactory.getLogger(IndexedRouteMapping.class);

    private final RouteTable table;
    /** Null only while the superclass constructor runs, which already calls {@link #setCorsConfigurations}. */
    private final @Nullable CorsRules rules;

    IndexedRouteMapping(
            FilteringWebHandler webHandler,
            RouteLocator routes,
            GlobalCorsProperties cors,
            Environment environment,
            RouteTable table,
            CorsRules rules) {
        super(webHandler, routes, cors, environment);
        this.table = table;
        this.rules = rules;
        rules.use(cors.getCorsConfigurations());
    }

    /**
     * Passes the CORS configuration to {@link CorsRules}, which applies it to all requests. Spring Cloud Gateway would
     * apply it to proxied requests only.
     */
    @Override
    public void setCorsConfigurations(Map<String, CorsConfiguration> configurations) {
        if (rules != null) {
            rules.use(configurations);
        }
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        List<Route> candidates = table.candidates(exchange);
        return candidates == null
                ? super.lookupRoute(exchange)
                : Flux.fromIterable(candidates)
                        .filterWhen(route -> matches(route, exchange))
                        .next()
                        .doOnNext(route -> validateRoute(route, exchange));
    }

    /**
     * Evaluates the predicate of a route. A predicate that throws an exception counts as no match, as in Spring Cloud
     * Gateway.
     */
    private static Publisher<Boolean> matches(Route route, ServerWebExchange exchange) {
        exchange.getAttributes().put(GATEWAY_PREDICATE_ROUTE_ATTR, route.getId());
        try {
            return route.getPredicate().apply(exchange);
        } catch (RuntimeException e) {
            log.error("Cannot evaluate the predicates of route {}", route.getId(), e);
            return Mono.just(false);
        }
    }
}
