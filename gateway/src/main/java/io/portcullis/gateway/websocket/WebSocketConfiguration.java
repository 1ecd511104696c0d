package io.portcullis.gateway.websocket;

import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.upstream.ServiceConnections;
import io.portcullis.gateway.upstream.ServiceTimeouts;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the relay of WebSockets. */
@Configuration(proxyBeanMethods = false)
class WebSocketConfiguration {
    @Bean
    WebSocketRoutingFilter webSocketRelayRoutingFilter(
            ServiceConnections connections,
            ServiceTimeouts timeouts,
            ObjectProvider<HttpHeadersFilter> headersFilters) {
        return new WebSocketRoutingFilter(
                connections, timeouts, headersFilters.orderedStream().toList());
    }

    @Bean
    WebSocketResponseFilter webSocketResponseFilter(OpenStreams streams) {
        return new WebSocketResponseFilter(streams);
    }
}
