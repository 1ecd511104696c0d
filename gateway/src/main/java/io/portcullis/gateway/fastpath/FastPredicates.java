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
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Reads what a route asks of a request, with Spring Cloud Gateway's own binder of arguments. */
final class FastPredicates {
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

    FastRoutes.Entry read(List<PredicateDefinition> definitions, @Nullable FastRoute fast) {
        List<Object> all = definitions.stream().map(this::bound).toList();
        List<List<PathPattern>> paths = of(PathRoutePredicateFactory.Config.class, all)
                .map(this::patterns)
                .toList();
        List<Set<HttpMethod>> methods = of(MethodRoutePredicateFactory.Config.class, all)
                .map(FastPredicates::methods)
                .toList();
        // A second one of a kind is left to the filter chain, as is whatever is of another kind.
        boolean understood = paths.size() <= 1 && methods.size() <= 1 && paths.size() + methods.size() == all.size();
        return new FastRoutes.Entry(first(paths, List.of()), first(methods, Set.of()), understood, fast);
    }

    private static <T> T first(List<T> all, T none) {
        return all.isEmpty() ? none : all.get(0);
    }

    private static <T> Stream<T> of(Class<T> kind, List<Object> all) {
        return all.stream().filter(kind::isInstance).map(kind::cast);
    }

    private Object bound(PredicateDefinition definition) {
        RoutePredicateFactory<?> factory = Objects.requireNonNull(factories.get(definition.getName()));
        return configuration
                .with(factory)
                .name(definition.getName())
                .properties(definition.getArgs())
                .bind();
    }

    private List<PathPattern> patterns(PathRoutePredicateFactory.Config config) {
        return config.getPatterns().stream().map(this::based).map(parser::parse).toList();
    }

    /** As {@code PathRoutePredicateFactory} puts them together. */
    private String based(String pattern) {
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
