package io.portcullis.gateway.route;

import java.util.List;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Creates the checks of the configured routes. */
@Configuration(proxyBeanMethods = false)
class RouteConfiguration {
    @Bean
    static RouteFileCheck routeFileCheck(Environment environment) {
        return new RouteFileCheck(environment);
    }

    @Bean
    @SuppressWarnings("rawtypes")
    RouteCreation routeCreation(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties gateway,
            ConfigurationService configuration) {
        return new RouteCreation(predicates, filters, gateway, configuration);
    }

    @Bean
    RouteStartCheck routeStartCheck(RouteCreation creation, RouteFileCheck file) {
        return new RouteStartCheck(creation, file::atStart);
    }
}
