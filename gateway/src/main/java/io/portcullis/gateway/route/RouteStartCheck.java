package io.portcullis.gateway.route;

import io.portcullis.gateway.startup.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import reactor.core.publisher.Flux;

/**
 * Creates each configured route once at start, which validates the arguments of its predicates and filters. Spring Cloud Gateway
 * would validate them only after the start, and would then serve without any route if one argument is wrong. Blocks the starting
 * thread.
 */
@SuppressWarnings("rawtypes")
final class RouteStartCheck implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(RouteStartCheck.class);

    private final List<RoutePredicateFactory> predicates;
    private final List<GatewayFilterFactory> filters;
    private final GatewayProperties gateway;
    private final ConfigurationService configuration;
    private final RouteOrigins origins;

    RouteStartCheck(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties gateway,
            ConfigurationService configuration,
            RouteOrigins origins) {
        this.predicates = predicates;
        this.filters = filters;
        this.gateway = gateway;
        this.configuration = configuration;
        this.origins = origins;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<RouteDefinition> routes = gateway.getRoutes();
        if (routes.isEmpty()) {
            warnIfNoRoutes();
        }
        for (int i = 0; i < routes.size(); i++) {
            RouteDefinition route = routes.get(i);
            try {
                create(route);
            } catch (RuntimeException e) {
                throw new ConfigurationException(
                        "Route '" + route.getId() + "'" + origins.of(i) + " cannot be created: " + reason(e),
                        "Correct the arguments of its predicates and filters.");
            }
        }
    }

    private static void warnIfNoRoutes() {
        Path directory = Path.of("config").toAbsolutePath();
        log.warn(
                "No routes are configured; only the gateway's own endpoints are served. The configuration is expected in {},"
                        + " which {}; spring.config.additional-location selects another directory",
                directory,
                Files.isDirectory(directory) ? "exists" : "does not exist");
    }

    /** Creates one route on its own, so that the error message can name it. */
    private void create(RouteDefinition route) {
        new RouteDefinitionRouteLocator(() -> Flux.just(route), predicates, filters, gateway, configuration)
                .getRoutes()
                .blockLast();
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
