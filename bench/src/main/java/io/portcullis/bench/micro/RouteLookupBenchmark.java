package io.portcullis.bench.micro;

import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;

/** Measures the look-up of the last of many routes in unmodified Spring Cloud Gateway, as the baseline of the route index. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RouteLookupBenchmark {
    @Param({"1", "10", "2000"})
    private int routes;

    private @Nullable RoutePredicateHandlerMapping mapping;
    private @Nullable MockServerWebExchange exchange;

    @Setup
    public void makeRoutes() {
        List<Route> all = IntStream.rangeClosed(1, routes)
                .mapToObj(RouteLookupBenchmark::route)
                .collect(Collectors.toList());
        exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/service-" + routes + "/orders/17"));
        RouteLocator locator = () -> Flux.fromIterable(all);
        mapping = new RoutePredicateHandlerMapping(
                new FilteringWebHandler(List.of(), true),
                locator,
                new GlobalCorsProperties(),
                new StandardEnvironment());
    }

    private static Route route(int number) {
        var path = new PathRoutePredicateFactory.Config().setPatterns(List.of("/service-" + number + "/**"));
        return Route.async()
                .id("service-" + number)
                .uri(URI.create("http://127.0.0.1:9000"))
                .asyncPredicate(new PathRoutePredicateFactory(new WebFluxProperties()).applyAsync(path))
                .build();
    }

    /** Looks up the last route. */
    @Benchmark
    public @Nullable Object last() {
        if (mapping == null || exchange == null) {
            return null;
        }
        // Resets the exchange to its initial state; creating a new one would take longer than the measured operation.
        exchange.getAttributes().clear();
        return mapping.getHandler(exchange).block();
    }
}
