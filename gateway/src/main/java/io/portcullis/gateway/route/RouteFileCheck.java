package io.portcullis.gateway.route;

import io.portcullis.gateway.startup.ConfigurationException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.core.env.Environment;

/**
 * Reads the configured routes strictly and validates them before the gateway library creates beans from them, which would ignore
 * unknown keys. A mistake stops the start with a {@link ConfigurationException}.
 */
final class RouteFileCheck implements BeanFactoryPostProcessor {
    private static final String FORMER_ROUTES = "spring.cloud.gateway.routes";

    private final RoutePropertyReader source;

    RouteFileCheck(Environment environment) {
        this.source = new RoutePropertyReader(environment);
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (source.containsBelow(FORMER_ROUTES)) {
            throw new ConfigurationException(
                    "Routes below " + FORMER_ROUTES + " are ignored by this version.",
                    "Move them below " + RoutePropertyReader.ROUTES + ".");
        }
        Function<Class<?>, String> predicateName =
                type -> NameUtils.normalizeRoutePredicateName((Class<? extends RoutePredicateFactory>) type);
        Function<Class<?>, String> filterName =
                type -> NameUtils.normalizeFilterFactoryName((Class<? extends GatewayFilterFactory>) type);
        new RouteFileValidator(
                        names(beans, RoutePredicateFactory.class, predicateName),
                        names(beans, GatewayFilterFactory.class, filterName),
                        beans.getBeanNamesForType(ReactiveLoadBalancerClientFilter.class, false, false).length > 0)
                .validate(source.read(), this::origin);
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

    /** Returns where a route is configured, in the format of {@link RouteOrigins}. Empty if the place is unknown. */
    String origin(int index) {
        return source.origin(index);
    }
}
