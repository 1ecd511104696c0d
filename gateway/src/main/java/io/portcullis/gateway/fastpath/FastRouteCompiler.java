package io.portcullis.gateway.fastpath;

import io.netty.channel.ChannelOption;
import io.portcullis.gateway.authentication.RouteRules;
import io.portcullis.gateway.stream.OpenCalls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import reactor.netty.http.client.HttpClient;

/**
 * Reads the routes. A predicate or a filter that is not known here is not guessed at: its route takes the long way, and so does
 * each request that might be the route's.
 */
final class FastRouteCompiler {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private final GatewayParts gateway;
    private final FastPredicates predicates;
    private final FastFilters filters;

    FastRouteCompiler(GatewayParts gateway) {
        this.gateway = gateway;
        this.predicates = new FastPredicates(gateway.configuration(), gateway.predicates(), gateway.basePath());
        this.filters = new FastFilters(gateway.configuration(), gateway.filters(), gateway.hopByHop());
    }

    /**
     * The routes in the order that the gateway tries them.
     *
     * @param definitions what the routes were made of; a route without one is not understood
     */
    FastRoutes compile(List<Route> routes, List<RouteDefinition> definitions) {
        Map<String, RouteDefinition> byId = definitions.stream()
                .collect(Collectors.toMap(RouteDefinition::getId, definition -> definition, (first, second) -> second));
        List<FastRoutes.Entry> entries = routes.stream()
                .map(route -> entry(route, byId.get(route.getId())))
                .toList();
        FastRoutes.Entry longWay = new FastRoutes.Entry(gateway.longPaths(), Set.of(), true, null);
        return new FastRoutes(
                Stream.concat(Stream.of(longWay), entries.stream()).toList());
    }

    private FastRoutes.Entry entry(Route route, @Nullable RouteDefinition definition) {
        if (definition == null) {
            return new FastRoutes.Entry(List.of(), Set.of(), false, null);
        }
        return predicates.read(definition.getPredicates(), fast(route, definition));
    }

    private @Nullable FastRoute fast(Route route, RouteDefinition definition) {
        URI uri = route.getUri();
        RouteEffects effects = filters.read(inOrder(gateway.properties().getDefaultFilters(), definition.getFilters()));
        if (effects == null || uri.getHost() == null || !SCHEMES.contains(uri.getScheme())) {
            return null;
        }
        return new FastRoute(
                route.getId(),
                origin(uri),
                OpenCalls.serviceOf(uri),
                RouteRules.of(route.getMetadata()),
                effects,
                responseTimeout(route.getMetadata()),
                client(route.getMetadata()),
                timers(route));
    }

    /** The gateway sorts both by their place in their own list. */
    private static List<FilterDefinition> inOrder(List<FilterDefinition> defaults, List<FilterDefinition> own) {
        int longer = Math.max(defaults.size(), own.size());
        return IntStream.range(0, longer)
                .boxed()
                .flatMap(i ->
                        Stream.of(defaults, own).filter(list -> i < list.size()).map(list -> list.get(i)))
                .toList();
    }

    private RouteTimers timers(Route route) {
        return new RouteTimers(
                gateway.meters(),
                gateway.metricsPrefix() + ".requests",
                route.getId(),
                route.getUri().toString());
    }

    private static String origin(URI uri) {
        String origin = uri.getScheme() + "://" + uri.getHost();
        return uri.getPort() < 0 ? origin : origin + ":" + uri.getPort();
    }

    /** As {@code NettyRoutingFilter} does: a negative one means none. */
    private @Nullable Duration responseTimeout(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR);
        if (value == null) {
            return gateway.clientProperties().getResponseTimeout();
        }
        long millis = Long.parseLong(value.toString());
        return millis < 0 ? null : Duration.ofMillis(millis);
    }

    private HttpClient client(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR);
        return value == null
                ? gateway.client()
                : gateway.client().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Integer.parseInt(value.toString()));
    }
}
