package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.route.RoutesInForce;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The current routes, with a path index that the fast path and the filter chain share. Thread-safe. */
final class RouteTable implements RoutesInForce {
    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

    private final RouteLocator locator;
    private final RouteDefinitionLocator definitions;
    private final FastRouteCompiler compiler;
    private final RouteMeters meters;
    private final AtomicReference<String> logged = new AtomicReference<>("");
    private volatile @Nullable Loaded current;

    RouteTable(
            RouteLocator locator, RouteDefinitionLocator definitions, FastRouteCompiler compiler, RouteMeters meters) {
        this.locator = locator;
        this.definitions = definitions;
        this.compiler = compiler;
        this.meters = meters;
    }

    @Override
    public Mono<Void> load() {
        return Mono.zip(
                        locator.getRoutes().collectList(),
                        definitions.getRouteDefinitions().collectList())
                .filter(both -> !isInForce(both.getT1()))
                .map(both -> new Loaded(
                        both.getT1(), compiler.compile(both.getT1(), both.getT2()), compiler.weights(both.getT2())))
                .doOnNext(this::replace)
                .then();
    }

    /** Returns whether the library has created no routes since the last load. A reload loads twice: after its event, and to see an error. */
    private boolean isInForce(List<Route> routes) {
        Loaded loaded = current;
        return loaded != null && loaded.all.equals(routes);
    }

    private void replace(Loaded loaded) {
        current = loaded;
        meters.retain(loaded.all);
        String counts = "%d of %d routes can take the fast path"
                .formatted(loaded.fast.fastIds().size(), loaded.all.size());
        if (!counts.equals(logged.getAndSet(counts))) {
            log.info(counts);
        }
    }

    @Override
    public Set<String> fastIds() {
        return fast().fastIds();
    }

    /** Returns the compiled routes; an empty set of routes before the first load. */
    FastRoutes fast() {
        Loaded loaded = current;
        return loaded == null ? FastRoutes.NONE : loaded.fast;
    }

    /**
     * Returns the routes whose path patterns may match, in matching order, and chooses by their weights; null before the first load. Both
     * are of the same set of routes.
     */
    @Nullable
    List<Route> candidates(ServerWebExchange exchange) {
        Loaded loaded = current;
        if (loaded == null) {
            return null;
        }
        loaded.weights.choose(exchange);
        return loaded.candidates(
                PathContainer.parsePath(exchange.getRequest().getURI().getRawPath()));
    }

    /** @param fast has one entry more than {@code all}: entry 0 stands for the gateway's own endpoints */
    private record Loaded(List<Route> all, FastRoutes fast, RouteWeights weights) {
        List<Route> candidates(PathContainer path) {
            return Arrays.stream(fast.candidates(path))
                    .filter(number -> number > 0)
                    .mapToObj(number -> all.get(number - 1))
                    .toList();
        }
    }
}
