package io.portcullis.gateway.route;

import static java.util.Objects.requireNonNull;

import io.portcullis.gateway.startup.ConfigurationException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.core.env.Environment;

/**
 * Reads the configured routes strictly and validates them before the gateway library creates beans from them, which would ignore
 * unknown keys. A mistake stops the start with a {@link ConfigurationException}.
 */
public final class RouteFileCheck implements BeanFactoryPostProcessor {
    /** Begins the names of all properties of routes. */
    public static final String ROUTES = RoutePropertyReader.ROUTES;

    private static final String FORMER_ROUTES = "spring.cloud.gateway.routes";

    private final Environment environment;
    private @Nullable RouteFileValidator validator;
    private ConfiguredRoutes atStart = new ConfiguredRoutes(List.of(), List.of());

    RouteFileCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        Function<Class<?>, String> predicateName =
                type -> NameUtils.normalizeRoutePredicateName((Class<? extends RoutePredicateFactory>) type);
        Function<Class<?>, String> filterName =
                type -> NameUtils.normalizeFilterFactoryName((Class<? extends GatewayFilterFactory>) type);
        validator = new RouteFileValidator(
                names(beans, RoutePredicateFactory.class, predicateName),
                names(beans, GatewayFilterFactory.class, filterName),
                beans.getBeanNamesForType(ReactiveLoadBalancerClientFilter.class, false, false).length > 0);
        atStart = read(environment);
    }

    /** Returns the routes with which the node started. */
    public ConfiguredRoutes atStart() {
        return atStart;
    }

    /**
     * Reads the routes of an environment and validates them. Empty if it has no routes.
     *
     * @throws ConfigurationException for the first mistake, with the place of the route
     */
    public ConfiguredRoutes read(Environment from) {
        var source = new RoutePropertyReader(from);
        if (source.containsBelow(FORMER_ROUTES)) {
            throw new ConfigurationException(
                    "Routes below " + FORMER_ROUTES + " are ignored by this version.",
                    "Move them below " + RoutePropertyReader.ROUTES + ".");
        }
        List<RouteDefinition> routes = source.read();
        requireNonNull(validator, "validator").validate(routes, source::origin);
        return new ConfiguredRoutes(
                routes,
                IntStream.range(0, routes.size()).mapToObj(source::origin).toList());
    }

    private static Set<String> names(
            ConfigurableListableBeanFactory beans, Class<?> kind, Function<Class<?>, String> name) {
        return List.of(beans.getBeanNamesForType(kind, false, false)).stream()
                .<Class<?>>mapMulti((bean, sink) -> {
                    Class<?> type = beans.getType(bean, false);
                    if (type != null) {
                        sink.accept(type);
                    }
                })
                .map(name)
                .collect(Collectors.toUnmodifiableSet());
    }
}
