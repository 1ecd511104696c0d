package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.MeterRegistry;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import java.util.List;
import java.util.Set;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.web.util.pattern.PathPattern;
import reactor.netty.http.client.HttpClient;

/**
 * What the short way shares with Spring Cloud Gateway.
 *
 * @param hopByHop the names of headers that are removed in both directions, in lower case
 * @param forwarded what the services are told about the way of a request
 * @param cors which pages of other origins may call
 * @param longPaths that the filter chain answers whatever the routes say: the gateway's own endpoints
 * @param basePath before each path of a route, empty for none
 * @param metricsPrefix of the timer's name
 */
public record GatewayParts(
        RouteLocator routes,
        RouteDefinitionLocator definitions,
        GatewayProperties properties,
        HttpClient client,
        HttpClientProperties clientProperties,
        ConfigurationService configuration,
        List<RoutePredicateFactory<?>> predicates,
        List<GatewayFilterFactory<?>> filters,
        Set<String> hopByHop,
        ForwardedHeaders forwarded,
        CorsRules cors,
        List<PathPattern> longPaths,
        String basePath,
        MeterRegistry meters,
        String metricsPrefix) {
    public GatewayParts {
        predicates = List.copyOf(predicates);
        filters = List.copyOf(filters);
        hopByHop = Set.copyOf(hopByHop);
        longPaths = List.copyOf(longPaths);
    }
}
