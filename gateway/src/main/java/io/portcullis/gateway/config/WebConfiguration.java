package io.portcullis.gateway.config;

import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.gateway.authentication.BearerTokenResolver;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.authentication.IdentityArgumentResolver;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.authentication.RequestHygieneWebFilter;
import io.portcullis.gateway.authentication.RouteAccess;
import io.portcullis.gateway.authentication.RouteAuthenticationGlobalFilter;
import io.portcullis.gateway.authentication.TokenSources;
import io.portcullis.gateway.connection.ConnectionProperties;
import io.portcullis.gateway.connection.PipeliningGate;
import io.portcullis.gateway.connection.RequestDeadline;
import io.portcullis.gateway.connection.RequestLimits;
import io.portcullis.gateway.connection.RequestRefuser;
import io.portcullis.gateway.connection.WriteDeadline;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.endpoint.EndpointAcceptResolver;
import io.portcullis.gateway.endpoint.RefreshTokenResolver;
import io.portcullis.gateway.endpoint.StrictJson;
import io.portcullis.gateway.endpoint.TokenCookies;
import io.portcullis.gateway.forwarded.TrustedProxies;
import io.portcullis.gateway.problem.ProblemAnswers;
import io.portcullis.gateway.problem.ProblemExceptionHandler;
import io.portcullis.gateway.problem.ProblemProperties;
import io.portcullis.gateway.route.RouteFileCheck;
import io.portcullis.gateway.route.RouteStartCheck;
import io.portcullis.gateway.stream.CallLimitGlobalFilter;
import io.portcullis.gateway.stream.EventStreamGlobalFilter;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.stream.SpareConnections;
import io.portcullis.gateway.stream.StreamProperties;
import io.portcullis.gateway.stream.TrackingWebSocketService;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.accept.RequestedContentTypeResolverBuilder;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import tools.jackson.databind.json.JsonMapper;

/** Creates the filters, resolvers, endpoint support and connection limits that a request passes. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {
    @Bean
    static RouteFileCheck routeFileCheck(Environment environment) {
        return new RouteFileCheck(environment);
    }

    @Bean
    static GatewaySettingsCheck gatewaySettingsCheck(Environment environment) {
        return new GatewaySettingsCheck(environment);
    }

    @Bean
    @SuppressWarnings("rawtypes")
    RouteStartCheck routeStartCheck(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties gateway,
            ConfigurationService configuration,
            RouteFileCheck file) {
        return new RouteStartCheck(predicates, filters, gateway, configuration, file::origin);
    }

    @Bean
    RequestHygieneWebFilter requestHygieneWebFilter() {
        return new RequestHygieneWebFilter();
    }

    @Bean
    BearerTokenResolver bearerTokenResolver(TokenSources sources) {
        return new BearerTokenResolver(sources);
    }

    @Bean
    RouteAccess routeAccess(AccessTokenAuthenticator authenticator) {
        return new RouteAccess(authenticator::authenticate);
    }

    @Bean
    LocalAuthenticationWebFilter localAuthenticationWebFilter(BearerTokenResolver resolver, RouteAccess access) {
        return new LocalAuthenticationWebFilter(resolver, access);
    }

    @Bean
    RouteAuthenticationGlobalFilter routeAuthenticationGlobalFilter(
            BearerTokenResolver resolver, RouteAccess access, TokenSources sources) {
        return new RouteAuthenticationGlobalFilter(resolver, access, sources);
    }

    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    OpenCalls openCalls(StreamProperties properties, SpareConnections spare) {
        return new OpenCalls(properties, spare);
    }

    @Bean
    CallLimitGlobalFilter callLimitGlobalFilter(OpenCalls calls, ClientAddressResolver addresses) {
        return new CallLimitGlobalFilter(calls, addresses);
    }

    @Bean
    EventStreamGlobalFilter eventStreamGlobalFilter(OpenStreams streams) {
        return new EventStreamGlobalFilter(streams);
    }

    /** In the place of the one that the gateway library makes. */
    @Bean
    @Primary
    WebSocketService trackingWebSocketService(RequestUpgradeStrategy strategy, OpenStreams streams) {
        return new TrackingWebSocketService(new HandshakeWebSocketService(strategy), streams);
    }

    @Bean
    ClientAddressResolver clientAddressResolver(TrustedProxies trusted) {
        return new ClientAddressResolver(trusted);
    }

    @Bean
    ClientInfoResolver clientInfoResolver(ClientAddressResolver addresses) {
        return new ClientInfoResolver(addresses);
    }

    @Bean
    RefreshTokenResolver refreshTokenResolver(ServerCodecConfigurer codecs, TokenSources sources) {
        return new RefreshTokenResolver(codecs.getReaders(), sources);
    }

    @Bean
    TokenCookies tokenCookies(TokenSources sources, Clock clock) {
        return new TokenCookies(sources, clock);
    }

    @Bean
    ProblemAnswers problemAnswers(ProblemProperties properties, JsonMapper json) {
        return new ProblemAnswers(properties.statusStyle(), json);
    }

    @Bean
    ProblemExceptionHandler problemExceptionHandler(ProblemAnswers answers) {
        return new ProblemExceptionHandler(answers);
    }

    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return StrictJson::apply;
    }

    @Bean
    WebFluxConfigurer ownEndpoints() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new IdentityArgumentResolver());
            }

            @Override
            public void configureContentTypeResolver(RequestedContentTypeResolverBuilder builder) {
                builder.resolver(new EndpointAcceptResolver());
            }
        };
    }

    @Bean
    RequestLimits requestLimits(ProblemAnswers answers, CorsRules cors) {
        return new RequestLimits(answers, cors);
    }

    @Bean
    RequestRefuser requestRefuser(ProblemAnswers answers, CorsRules cors) {
        return new RequestRefuser(answers, cors);
    }

    @Bean
    NettyServerCustomizer requestNormaliser() {
        return RequestRefuser::check;
    }

    /** Beside the idle timeout, since a client that drips its body, or takes no byte of an answer, is never idle. */
    @Bean
    NettyServerCustomizer clientLimits(ConnectionProperties properties) {
        return server -> PipeliningGate.on(
                WriteDeadline.on(RequestDeadline.on(server, properties.requestTimeout()), properties.writeTimeout()));
    }
}
