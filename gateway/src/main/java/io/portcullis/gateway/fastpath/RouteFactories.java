package io.portcullis.gateway.fastpath;

import java.util.List;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;

/**
 * What Spring Cloud Gateway makes predicates and filters with.
 *
 * @param configuration binds their arguments
 */
public record RouteFactories(
        ConfigurationService configuration,
        List<RoutePredicateFactory<?>> predicates,
        List<GatewayFilterFactory<?>> filters) {
    public RouteFactories {
        predicates = List.copyOf(predicates);
        filters = List.copyOf(filters);
    }
}
