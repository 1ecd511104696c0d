package io.portcullis.gateway.config;

import io.portcullis.gateway.connection.RequestLimits;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.endpoint.EndpointAcceptResolver;
import io.portcullis.gateway.problem.ProblemAnswers;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.WebFilter;

/**
 * Refuses on the management port what {@link RequestLimits} refuses on the gateway's own. Spring Boot finds this class in a
 * file of its own for management contexts. It has no annotation of a component, which would put it into the main context as well.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementPortConfiguration {
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> managementRequestLimits(ProblemAnswers answers) {
        // The rules for other origins are of the paths of the gateway's own port.
        RequestLimits limits = new RequestLimits(answers, new CorsRules());
        return factory -> factory.addRouteProviders(limits::addTo);
    }

    /** Actuator's endpoints do not ask {@link EndpointAcceptResolver}. */
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

    /** Spring answers some malformed lists with an error of the server. */
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
