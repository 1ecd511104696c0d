package io.portcullis.gateway.fastpath;

import java.util.List;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;

/**
 * Spring Cloud Gateway's factories of predicates and filters.
 *
 * @param configuration binds the arguments of a definition to the configuration class of its factory
 */
record RouteFactories(
        ConfigurationService configuration,
        List<RoutePredicateFactory<?>> predicates,
        List<GatewayFilterFactory<?>> filters) {
    RouteFactories {
        predicates = List.copyOf(predicates);
        filters = List.copyOf(filters);
    }
}
