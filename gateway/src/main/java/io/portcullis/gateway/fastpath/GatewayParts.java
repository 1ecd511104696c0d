package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.headers.XForwardedHeadersFilter;
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
 * @param xForwarded what is written behind trusted proxies, null for nothing
 * @param forwarded whether {@code Forwarded} is written behind trusted proxies
 * @param longPaths that the long way answers whatever the routes say: the gateway's own endpoints, and what has rules for other
 *     origins (CORS)
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
        @Nullable XForwardedHeadersFilter xForwarded,
        boolean forwarded,
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

    /** Null when no proxy is trusted. */
    @Nullable
    ForwardedHeaders forwardedHeaders() {
        String trusted = properties.getTrustedProxies();
        return trusted == null || (xForwarded == null && !forwarded)
                ? null
                : new ForwardedHeaders(Pattern.compile(trusted).asMatchPredicate(), xForwarded, forwarded);
    }
}
