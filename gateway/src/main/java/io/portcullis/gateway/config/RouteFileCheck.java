package io.portcullis.gateway.config;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.core.env.Environment;

/** Reads the routes strictly and checks them, before any bean is made of them. */
final class RouteFileCheck implements BeanFactoryPostProcessor {
    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";
    private static final String FORMER_ROUTES = "spring.cloud.gateway.routes";

    private final Environment environment;

    RouteFileCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (holdsFormerRoutes()) {
            throw new ConfigurationException(
                    "There are routes below " + FORMER_ROUTES + ", which is no longer read.",
                    "Move them below " + ROUTES + ".");
        }
        Function<Class<?>, String> predicateName =
                type -> NameUtils.normalizeRoutePredicateName((Class<? extends RoutePredicateFactory>) type);
        Function<Class<?>, String> filterName =
                type -> NameUtils.normalizeFilterFactoryName((Class<? extends GatewayFilterFactory>) type);
        new RouteFileValidator(
                        names(beans, RoutePredicateFactory.class, predicateName),
                        names(beans, GatewayFilterFactory.class, filterName))
                .validate(routes(), this::origin);
    }

    private boolean holdsFormerRoutes() {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .anyMatch(source -> source.containsDescendantOf(ConfigurationPropertyName.of(FORMER_ROUTES))
                        == ConfigurationPropertyState.PRESENT);
    }

    private List<RouteDefinition> routes() {
        try {
            return Binder.get(environment)
                    .bind(
                            ROUTES,
                            Bindable.listOf(RouteDefinition.class),
                            new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()))
                    .orElse(List.of());
        } catch (BindException e) {
            throw refused(e);
        }
    }

    private static ConfigurationException refused(BindException failure) {
        if (failure.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
            String keys = unbound.getUnboundProperties().stream()
                    .map(property -> property.getName() + text(property))
                    .collect(Collectors.joining(", "));
            return new ConfigurationException(
                    "The routes hold what nobody reads: " + keys,
                    "A route has the keys id, uri, predicates, filters, metadata, order, enabled. Correct the spelling.");
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        ConfigurationProperty property = failure.getProperty();
        return new ConfigurationException(
                "The routes cannot be read at " + failure.getName() + (property == null ? "" : text(property)) + ": "
                        + cause.getMessage(),
                "Write a route as config/routes.yaml shows it.");
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

    /** Where the route stands, in brackets; empty when nothing tells. */
    String origin(int index) {
        ConfigurationPropertyName route = ConfigurationPropertyName.of(ROUTES + "[" + index + "]");
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .flatMap(source -> List.of("id", "uri", "predicates[0]").stream()
                        .map(key -> source.getConfigurationProperty(ConfigurationPropertyName.of(route + "." + key)))
                        .filter(property -> property != null)
                        .limit(1))
                .map(RouteFileCheck::text)
                .findFirst()
                .orElse("");
    }

    private static String text(ConfigurationProperty property) {
        return property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
    }
}
