package io.portcullis.gateway.route;

import io.portcullis.core.error.RootCause;
import io.portcullis.gateway.startup.ConfigurationException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
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
        return tryCreate(route)
                .onErrorResume(failure -> culprit(route)
                        .flatMap(part -> Mono.error(new ConfigurationException(
                                "Route '" + route.getId() + "'" + origin + " cannot be created: " + part
                                        + " are invalid ("
                                        + RootCause.of(failure).getClass().getSimpleName() + ").",
                                "Correct them."))));
    }

    private Mono<Void> tryCreate(RouteDefinition route) {
        return Flux.defer(() -> new RouteDefinitionRouteLocator(
                                () -> Flux.just(route), predicates, filters, gateway, configuration)
                        .getRoutes())
                .then();
    }

    /**
     * Finds the predicate or filter whose arguments are invalid. The library's own message may quote the arguments, which may hold a secret, and
     * health shows the message.
     */
    private Mono<String> culprit(RouteDefinition route) {
        return Flux.concat(
                        Flux.fromIterable(route.getPredicates())
                                .map(predicate ->
                                        part("predicate", predicate.getName(), route, List.of(predicate), List.of())),
                        Flux.fromIterable(route.getFilters())
                                .map(filter -> part(
                                        "filter", filter.getName(), route, route.getPredicates(), List.of(filter))))
                .concatMap(part -> tryCreate(part.alone).thenReturn("").onErrorReturn(part.name))
                .filter(name -> !name.isEmpty())
                .next()
                .defaultIfEmpty("the arguments of its predicates and filters");
    }

    private record Part(String name, RouteDefinition alone) {}

    private static Part part(
            String kind,
            @Nullable String name,
            RouteDefinition route,
            List<PredicateDefinition> predicates,
            List<FilterDefinition> filters) {
        RouteDefinition alone = new RouteDefinition();
        alone.setId(String.valueOf(route.getId()));
        alone.setUri(Objects.requireNonNull(route.getUri(), "uri"));
        alone.setPredicates(predicates);
        alone.setFilters(filters);
        return new Part("the arguments of its " + kind + " " + name, alone);
    }
}
