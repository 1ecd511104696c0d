package io.portcullis.gateway.route;

import io.portcullis.gateway.startup.ConfigurationException;
import java.util.List;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Creates each route once on its own, which validates the arguments of its predicates and filters. Spring Cloud Gateway would
 * validate them when it creates all routes, and would then serve without any route if one argument is wrong.
 */
@SuppressWarnings("rawtypes") // The gateway library injects them raw, too.
public final class RouteCreation {
    private final List<RoutePredicateFactory> predicates;
    private final List<GatewayFilterFactory> filters;
    private final GatewayProperties gateway;
    private final ConfigurationService configuration;

    RouteCreation(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties gateway,
            ConfigurationService configuration) {
        this.predicates = predicates;
        this.filters = filters;
        this.gateway = gateway;
        this.configuration = configuration;
    }

    /**
     * Completes if all routes can be created. Ends with a {@link ConfigurationException} that names the first route that cannot be
     * created, and its place.
     */
    public Mono<Void> check(ConfiguredRoutes routes) {
        return Flux.range(0, routes.definitions().size())
                .concatMap(i ->
                        create(routes.definitions().get(i), routes.origins().get(i)))
                .then();
    }

    private Mono<Void> create(RouteDefinition route, String origin) {
        return Flux.defer(() -> new RouteDefinitionRouteLocator(
                                () -> Flux.just(route), predicates, filters, gateway, configuration)
                        .getRoutes())
                .onErrorMap(e -> new ConfigurationException(
                        "Route '" + route.getId() + "'" + origin + " cannot be created: " + reason(e),
                        "Correct the arguments of its predicates and filters."))
                .then();
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
