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
 * Finds the route of a request in the filter chain. Spring Cloud Gateway asks one route after the other, which takes milliseconds with
 * thousands of them; this asks only those whose path can match.
 */
public final class IndexedRouteMapping extends RoutePredicateHandlerMapping {
    private static final Logger log = LoggerFactory.getLogger(IndexedRouteMapping.class);

    private final RouteTable table;
    /** Null while the library's constructor runs, which gives the first rules. */
    private final @Nullable CorsRules rules;

    public IndexedRouteMapping(
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

    /** Passes the rules on to the place that applies them to all requests; the library would apply them to proxied ones alone. */
    @Override
    public void setCorsConfigurations(Map<String, CorsConfiguration> configurations) {
        if (rules != null) {
            rules.use(configurations);
        }
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        List<Route> candidates = table.candidates(exchange.getRequest().getURI().getRawPath());
        return candidates == null
                ? super.lookupRoute(exchange)
                : Flux.fromIterable(candidates)
                        .filterWhen(route -> matches(route, exchange))
                        .next()
                        .doOnNext(route -> validateRoute(route, exchange));
    }

    /** A predicate that fails counts as one that does not match, as it does in the library. */
    private static Publisher<Boolean> matches(Route route, ServerWebExchange exchange) {
        exchange.getAttributes().put(GATEWAY_PREDICATE_ROUTE_ATTR, route.getId());
        try {
            return route.getPredicate().apply(exchange);
        } catch (RuntimeException e) {
            log.error("A predicate of the route {} failed", route.getId(), e);
            return Mono.just(false);
        }
    }
}
