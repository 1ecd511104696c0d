package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.authentication.OAuth2Paths;
import io.portcullis.gateway.authentication.OutgoingHeaders;
import io.portcullis.gateway.authentication.RouteAccess;
import io.portcullis.gateway.connection.NegotiatedProtocol;
import io.portcullis.gateway.connection.RequestLimits;
import io.portcullis.gateway.connection.RequestRefuser;
import io.portcullis.gateway.cookie.CookieProperties;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.problem.ProblemResponses;
import io.portcullis.gateway.startup.ConfigurationException;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.upstream.ServiceConnections;
import io.portcullis.gateway.upstream.ServiceTimeouts;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyServerProperties;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayMetricsProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.observation.ObservedRequestHttpHeadersFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import reactor.netty.http.server.HttpServer;

/** Creates the route table that both paths share, and installs the fast path before Spring's HTTP handler. */
@Configuration(proxyBeanMethods = false)
class FastPathConfiguration {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    @Bean
    @SuppressWarnings("rawtypes") // The gateway library injects them raw, too.
    RouteFactories routeFactories(
            ConfigurationService configuration,
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters) {
        return new RouteFactories(
                configuration,
                predicates.stream().<RoutePredicateFactory<?>>map(each -> each).toList(),
                filters.stream().<GatewayFilterFactory<?>>map(each -> each).toList());
    }

    @Bean
    HopByHopHeaders hopByHopHeaders(RemoveHopByHopHeadersFilter filter) {
        return new HopByHopHeaders(filter.getHeaders());
    }

    @Bean
    GatewayPaths gatewayPaths(List<RequestMappingInfoHandlerMapping> endpointMappings, WebFluxProperties webFlux) {
        return new GatewayPaths(endpoints(endpointMappings), Objects.requireNonNullElse(webFlux.getBasePath(), ""));
    }

    /** Returns the paths of all endpoints, and those that are reserved even where no endpoint exists. */
    private static List<PathPattern> endpoints(List<RequestMappingInfoHandlerMapping> endpointMappings) {
        Stream<PathPattern> endpoints = endpointMappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .flatMap(info -> info.getPatternsCondition().getPatterns().stream());
        Stream<PathPattern> reserved =
                Stream.concat(Stream.of(LocalAuthenticationWebFilter.PATHS), OAuth2Paths.reserved().stream());
        return Stream.concat(endpoints, reserved).toList();
    }

    @Bean
    FastRouteCompiler fastRouteCompiler(
            RouteFactories factories,
            HopByHopHeaders hopByHop,
            GatewayProperties gateway,
            GatewayPaths paths,
            ServiceTimeouts timeouts,
            RouteMeters meters) {
        return new FastRouteCompiler(factories, hopByHop, gateway, paths, timeouts, meters);
    }

    @Bean
    RouteMeters routeMeters(ObjectProvider<MeterRegistry> registry, GatewayMetricsProperties properties) {
        return new RouteMeters(registry.getIfAvailable(CompositeMeterRegistry::new), properties.getPrefix());
    }

    @Bean
    RouteTable routeTable(
            RouteLocator routes, RouteDefinitionLocator definitions, FastRouteCompiler compiler, RouteMeters meters) {
        return new RouteTable(routes, definitions, compiler, meters);
    }

    @Bean
    SmartInitializingSingleton routeTableLoad(RouteTable routes) {
        return () -> routes.load().block(START_LIMIT);
    }

    /**
     * Reloads the route table after the routes have changed at run time. Requests take the routes of before until the new ones are
     * compiled, so that no request takes the filter chain because of a reload.
     */
    @Bean
    ApplicationListener<RefreshRoutesResultEvent> routeTableRefresh(RouteTable routes) {
        return event -> {
            var unused = BackgroundWork.start("The reading of the routes", routes.load());
        };
    }

    /** Replaces the handler mapping of the gateway library by one that uses the route table. */
    @Bean
    RoutePredicateHandlerMapping routePredicateHandlerMapping(
            FilteringWebHandler handler,
            RouteLocator locator,
            GlobalCorsProperties cors,
            Environment environment,
            RouteTable routes,
            CorsRules rules) {
        try {
            CorsRules.require(cors.getCorsConfigurations());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    String.valueOf(e.getMessage()), "Write allowed-origins with the origins of your pages.");
        }
        return new IndexedRouteMapping(handler, locator, cors, environment, routes, rules);
    }

    @Bean
    RawTargetGlobalFilter rawTargetGlobalFilter() {
        return new RawTargetGlobalFilter();
    }

    @Bean
    ExchangeServices exchangeServices(
            RouteAccess access,
            OpenCalls calls,
            OpenStreams streams,
            ServiceConnections connections,
            HopByHopHeaders hopByHop,
            ForwardedHeaders forwarded,
            OutgoingHeaders outgoing,
            GatewayProperties gateway,
            CookieProperties cookies,
            ProblemResponses problems,
            RequestTracing tracing) {
        return new ExchangeServices(
                access,
                calls,
                streams,
                connections,
                new ServiceRequest(hopByHop, forwarded, outgoing),
                new ResponseHeads(hopByHop, gateway.getStreamingMediaTypes(), cookies.cookies()),
                new TrailerFields(hopByHop),
                new ProblemWriter(problems),
                tracing);
    }

    /**
     * Tracing is on if an observation handler adds something to requests that are sent. Such a handler comes with Micrometer Tracing. The
     * handlers of meters do not.
     */
    @Bean
    RequestTracing requestTracing(
            ObjectProvider<ObservationRegistry> registry,
            ObjectProvider<ObservationHandler<?>> handlers,
            ObservationProperties properties,
            ObjectProvider<ObservedRequestHttpHeadersFilter> observedClients) {
        boolean traced = handlers.stream()
                .anyMatch(handler -> !(handler instanceof MeterObservationHandler)
                        && handler.supportsContext(new SenderContext<>((carrier, name, value) -> {})));
        return new RequestTracing(
                traced ? registry.getIfAvailable() : null,
                properties.getHttp().getServer().getRequests().getName(),
                observedClients.getIfAvailable() != null);
    }

    @Bean
    ClientLimits fastPathLimits(NettyServerProperties properties) {
        return new ClientLimits(
                properties.getIdleTimeout(), Objects.requireNonNullElse(properties.getMaxKeepAliveRequests(), 0));
    }

    @Bean
    FastPath fastPath(
            RouteTable routes,
            CorsRules cors,
            ForwardedHeaders forwarded,
            ClientAddressResolver addresses,
            CookieProperties cookies) {
        return new FastPath(routes, new FastCors(cors, forwarded), addresses, cookies.cookies());
    }

    @Bean
    MeterBinder fastPathMetrics(FastPath fastPath) {
        return registry -> FunctionCounter.builder("portcullis.fast.path.requests", fastPath, FastPath::count)
                .description("Requests that took the fast path")
                .register(registry);
    }

    @Bean
    FastPathEligibility fastPathEligibility(
            ListableBeanFactory beans, Environment environment, FastPathProperties properties, RequestTracing tracing) {
        return new FastPathEligibility(beans, environment, properties.enabled(), tracing.isActive());
    }

    /** Installs the server's handlers. The providers are resolved when the server starts, after all other beans exist. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> fastPathBeforeSpring(
            ObjectProvider<FastPath> fastPath,
            ObjectProvider<ExchangeServices> services,
            ObjectProvider<ClientLimits> limits,
            ObjectProvider<FastPathEligibility> eligibility,
            ObjectProvider<RequestRefuser> refuser,
            ObjectProvider<RequestLimits> requestLimits) {
        return factory -> {
            factory.addRouteProviders(
                    routes -> refuser.getObject().addTo(routes),
                    routes -> requestLimits.getObject().addTo(routes));
            factory.addServerCustomizers(server -> eligibility.getObject().allows()
                    ? install(server, fastPath.getObject(), services.getObject(), limits.getObject())
                    : server);
        };
    }

    private static HttpServer install(
            HttpServer server, FastPath fastPath, ExchangeServices services, ClientLimits limits) {
        return NegotiatedProtocol.onHttp1(
                server, channel -> new FastPathHandler(fastPath, services, limits).addTo(channel));
    }
}
