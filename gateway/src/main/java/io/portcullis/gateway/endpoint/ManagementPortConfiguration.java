package io.portcullis.gateway.endpoint;

import io.portcullis.gateway.connection.RequestLimits;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemResponses;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.WebFilter;

/**
 * Applies {@link RequestLimits} and the bound on {@code Accept} to the management port. Spring Boot finds this class in
 * {@code ManagementContextConfiguration.imports}. It is not annotated as a component, because it would then be in the main
 * context too.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementPortConfiguration {
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> managementRequestLimits(ProblemResponses responses) {
        // The rules for other origins are of the paths of the gateway's own port.
        RequestLimits limits = new RequestLimits(responses, new CorsRules());
        return factory -> {
            // The port speaks HTTP/1.1 alone: the limits of HTTP/2 are about clients.
            factory.setHttp2(null);
            factory.addRouteProviders(limits::addTo);
        };
    }

    /**
     * Removes an {@code Accept} that Spring cannot parse, because Actuator's endpoints do not use {@link EndpointAcceptResolver}.
     */
    @Bean
    WebFilter boundedAccept() {
        return (exchange, chain) -> {
            ServerHttpRequest request = exchange.getRequest();
            if (isReadable(request.getHeaders())) {
                return chain.filter(exchange);
            }
            ServerHttpRequest bounded = request.mutate()
                    .headers(headers -> headers.remove(HttpHeaders.ACCEPT))
                    .build();
            return chain.filter(exchange.mutate().request(bounded).build());
        };
    }

    /** Returns whether Spring can parse {@code Accept}; it answers some malformed lists with status 500. */
    private static boolean isReadable(HttpHeaders headers) {
        try {
            return EndpointAcceptResolver.isBounded(headers)
                    && (headers.getFirst(HttpHeaders.ACCEPT) == null
                            || !headers.getAccept().isEmpty());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
