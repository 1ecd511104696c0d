package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.route.RouteRules;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.upstream.ServiceAddress;
import io.portcullis.gateway.upstream.ServiceTimeouts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Compiles the gateway's routes for the fast path. A route with a predicate or filter that the fast path does not support takes
 * the filter chain. Every request that such a route might match takes the filter chain too.
 */
final class FastRouteCompiler {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private final FastPredicates predicates;
    private final FastFilters filters;
    private final GatewayProperties gateway;
    private final GatewayPaths paths;
    private final ServiceTimeouts timeouts;
    private final RouteMeters meters;

    /** @param gateway contains the default filters, which apply to all routes */
    FastRouteCompiler(
            RouteFactories factories,
            HopByHopHeaders hopByHop,
            GatewayProperties gateway,
            GatewayPaths paths,
            ServiceTimeouts timeouts,
            RouteMeters meters) {
        this.predicates = new FastPredicates(factories, paths.base());
        this.filters = new FastFilters(factories, hopByHop);
        this.gateway = gateway;
        this.paths = paths;
        this.timeouts = timeouts;
        this.meters = meters;
    }

    /**
     * Compiles the routes, in the order in which the gateway matches them. The first entry of the result stands for the
     * gateway's own endpoints.
     *
     * @param definitions the definitions of the routes; a route without a definition takes the filter chain
     */
    FastRoutes compile(List<Route> routes, List<RouteDefinition> definitions) {
        Map<String, RouteDefinition> byId = definitions.stream()
                .collect(Collectors.toMap(RouteDefinition::getId, definition -> definition, (first, second) -> second));
        List<FastRoutes.Entry> entries = routes.stream()
                .map(route -> entry(route, byId.get(route.getId())))
                .toList();
        FastRoutes.Entry filterChain = new FastRoutes.Entry(paths.endpoints(), Set.of(), true, null);
        return new FastRoutes(
                Stream.concat(Stream.of(filterChain), entries.stream()).toList());
    }

    /** Returns the weights of the routes. A disabled route has none. */
    RouteWeights weights(List<RouteDefinition> definitions) {
        return predicates.weights(
                definitions.stream().filter(RouteDefinition::isEnabled).toList());
    }

    private FastRoutes.Entry entry(Route route, @Nullable RouteDefinition definition) {
        if (definition == null) {
            return new FastRoutes.Entry(List.of(), Set.of(), false, null);
        }
        return predicates.read(definition.getPredicates(), compileRoute(route, definition));
    }

    private @Nullable FastRoute compileRoute(Route route, RouteDefinition definition) {
        URI uri = route.getUri();
        RouteFilterEffects effects = filters.read(inOrder(gateway.getDefaultFilters(), definition.getFilters()));
        if (effects == null || uri.getHost() == null || !SCHEMES.contains(uri.getScheme())) {
            return null;
        }
        RouteRules rules = RouteRules.of(route.getId(), route.getMetadata());
        if (rules.login()) {
            return null;
        }
        ServiceAddress address = ServiceAddress.of(uri);
        return new FastRoute(
                route.getId(),
                uri.toString(),
                address,
                address.hostField(),
                OpenCalls.serviceOf(uri),
                rules,
                effects,
                timeouts.connectMillis(route.getMetadata()),
                timeouts.response(route.getMetadata()),
                meters.of(route));
    }

    /**
     * Merges default filters and route filters as Spring Cloud Gateway does: by their position in their own list, default
     * filters first.
     */
    private static List<FilterDefinition> inOrder(List<FilterDefinition> defaults, List<FilterDefinition> own) {
        int longer = Math.max(defaults.size(), own.size());
        return IntStream.range(0, longer)
                .boxed()
                .flatMap(i ->
                        Stream.of(defaults, own).filter(list -> i < list.size()).map(list -> list.get(i)))
                .toList();
    }
}
