package io.portcullis.gateway.config;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.portcullis.core.token.AccessTokenAuthenticator;
import io.portcullis.core.transaction.Detached;
import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.gateway.fastpath.GatewayParts;
import io.portcullis.gateway.problem.ProblemAnswers;
import io.portcullis.gateway.stream.OpenStreams;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.cloud.gateway.config.GatewayMetricsProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.netty.http.client.HttpClient;

/** The short way of plain requests, before Spring's handler. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "portcullis.fast-path.enabled", matchIfMissing = true)
class FastPathConfiguration {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    @Bean
    @SuppressWarnings({"rawtypes", "unchecked"})
    GatewayParts gatewayParts(
            RouteLocator routes,
            RouteDefinitionLocator definitions,
            GatewayProperties properties,
            HttpClient client,
            HttpClientProperties clientProperties,
            ConfigurationService configuration,
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            RemoveHopByHopHeadersFilter hopByHop,
            List<RequestMappingInfoHandlerMapping> own,
            ObjectProvider<MeterRegistry> meters,
            GatewayMetricsProperties metrics) {
        return new GatewayParts(
                routes,
                definitions,
                properties,
                client,
                clientProperties,
                configuration,
                (List) predicates,
                (List) filters,
                hopByHop.getHeaders(),
                ownPaths(own),
                meters.getIfAvailable(CompositeMeterRegistry::new),
                metrics.getPrefix());
    }

    /** What is below {@code /system} is guarded whether there is such an endpoint or not. */
    private static List<PathPattern> ownPaths(List<RequestMappingInfoHandlerMapping> own) {
        return Stream.concat(
                        Stream.of(PathPatternParser.defaultInstance.parse("/system/**")),
                        own.stream()
                                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                                .flatMap(info -> info.getPatternsCondition().getPatterns().stream()))
                .toList();
    }

    @Bean
    FastPath fastPath(
            GatewayParts gateway,
            AccessTokenAuthenticator authenticator,
            ProblemAnswers problems,
            OpenStreams streams) {
        return new FastPath(gateway, authenticator, problems, streams);
    }

    @Bean
    SmartInitializingSingleton fastPathRoutes(FastPath fastPath, FastPathCheck check) {
        return () -> {
            if (check.allows()) {
                fastPath.load().block(START_LIMIT);
            }
        };
    }

    @Bean
    FastPathCheck fastPathCheck(
            org.springframework.beans.factory.ListableBeanFactory beans,
            org.springframework.core.env.Environment environment) {
        return new FastPathCheck(beans, environment);
    }

    /** Routes that change at run time are read anew. */
    @Bean
    ApplicationListener<RefreshRoutesResultEvent> fastPathRefresh(FastPath fastPath, FastPathCheck check) {
        return event -> {
            fastPath.forget();
            if (check.allows()) {
                var unused = Detached.start("The reading of the routes", fastPath.load());
            }
        };
    }

    /** Asked for when the server starts, which is when its handlers are put together: by then everything else is there. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> fastPathBeforeSpring(ObjectProvider<FastPath> fastPath) {
        return factory ->
                factory.addRouteProviders(routes -> fastPath.getObject().apply(routes));
    }
}
