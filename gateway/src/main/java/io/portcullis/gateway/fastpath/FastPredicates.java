package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Translates the predicate definitions of a route into a {@link FastRoutes.Entry}. Binds predicate arguments with Spring Cloud
 * Gateway's own {@code ConfigurationService}, so that both paths read them alike.
 */
final class FastPredicates {
    private static final String WEIGHT = "Weight";

    private final ConfigurationService configuration;
    private final Map<String, RoutePredicateFactory<?>> factories;
    private final String basePath;
    private final PathPatternParser parser = new PathPatternParser();

    FastPredicates(RouteFactories factories, String basePath) {
        this.configuration = factories.configuration();
        this.basePath = basePath;
        this.factories = factories.predicates().stream()
                .collect(Collectors.toMap(RoutePredicateFactory::name, factory -> factory, (first, second) -> second));
    }

    /**
     * Returns the conditions of a route. The entry is complete if the route has at most one path predicate, at
     * most one method predicate, and no other predicate.
     *
     * @param fast the route as the fast path proxies it, null if the fast path does not support its filters or its URI
     */
    FastRoutes.Entry read(List<PredicateDefinition> definitions, @Nullable FastRoute fast) {
        List<Object> all = definitions.stream().map(this::bind).toList();
        List<List<PathPattern>> paths = of(PathRoutePredicateFactory.Config.class, all)
                .map(this::patterns)
                .toList();
        List<Set<HttpMethod>> methods = of(MethodRoutePredicateFactory.Config.class, all)
                .map(FastPredicates::methods)
                .toList();
        // A second predicate of the same kind, or a predicate of any other kind, needs the filter chain.
        boolean complete = paths.size() <= 1 && methods.size() <= 1 && paths.size() + methods.size() == all.size();
        return new FastRoutes.Entry(first(paths, List.of()), first(methods, Set.of()), complete, fast);
    }

    /** Returns the weights of routes by their {@code Weight} predicates. */
    RouteWeights weights(List<RouteDefinition> routes) {
        RouteWeights weights = new RouteWeights();
        for (RouteDefinition route : routes) {
            route.getPredicates().stream()
                    .filter(predicate -> WEIGHT.equals(predicate.getName()))
                    .map(predicate -> (WeightConfig) bind(predicate))
                    .forEach(weight -> weights.add(String.valueOf(route.getId()), weight));
        }
        return weights;
    }

    private static <T> T first(List<T> all, T none) {
        return all.isEmpty() ? none : all.get(0);
    }

    private static <T> Stream<T> of(Class<T> kind, List<Object> all) {
        return all.stream().filter(kind::isInstance).map(kind::cast);
    }

    private Object bind(PredicateDefinition definition) {
        RoutePredicateFactory<?> factory = Objects.requireNonNull(factories.get(definition.getName()));
        return configuration
                .with(factory)
                .name(definition.getName())
                .properties(definition.getArgs())
                .bind();
    }

    private List<PathPattern> patterns(PathRoutePredicateFactory.Config config) {
        return config.getPatterns().stream()
                .map(this::withBasePath)
                .map(parser::parse)
                .toList();
    }

    /** Prefixes a pattern with the base path in the same way as {@code PathRoutePredicateFactory}. */
    private String withBasePath(String pattern) {
        if (basePath.isEmpty()) {
            return pattern;
        }
        return basePath + (pattern.length() > 1 && !pattern.startsWith("/") ? "/" : "") + pattern;
    }

    private static Set<HttpMethod> methods(MethodRoutePredicateFactory.Config config) {
        return Stream.of(config.getMethods())
                .map(method -> HttpMethod.valueOf(method.name()))
                .collect(Collectors.toUnmodifiableSet());
    }
}
