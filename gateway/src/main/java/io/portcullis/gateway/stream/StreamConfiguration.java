package io.portcullis.gateway.stream;

import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.upstream.ConnectionBudget;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;

/** Creates the limits on calls and streams, and the filters that count them in the filter chain. */
@Configuration(proxyBeanMethods = false)
class StreamConfiguration {
    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    OpenCalls openCalls(StreamProperties properties, ConnectionBudget spare) {
        return new OpenCalls(properties, spare);
    }

    @Bean
    CallLimitGlobalFilter callLimitGlobalFilter(OpenCalls calls, ClientAddressResolver addresses) {
        return new CallLimitGlobalFilter(calls, addresses);
    }

    @Bean
    GatewayCallLimitWebFilter gatewayCallLimitWebFilter(OpenCalls calls, ClientAddressResolver addresses) {
        return new GatewayCallLimitWebFilter(calls, addresses);
    }

    @Bean
    EventStreamGlobalFilter eventStreamGlobalFilter(OpenStreams streams) {
        return new EventStreamGlobalFilter(streams);
    }

    /** Replaces the service of the gateway library. */
    @Bean
    @Primary
    WebSocketService trackingWebSocketService(RequestUpgradeStrategy strategy, OpenStreams streams) {
        return new TrackingWebSocketService(new HandshakeWebSocketService(strategy), streams);
    }
}
