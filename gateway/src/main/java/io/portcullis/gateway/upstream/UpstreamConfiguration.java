package io.portcullis.gateway.upstream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.portcullis.gateway.connection.ConnectionProperties;
import io.portcullis.gateway.connection.WriteDeadline;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/** Creates the HTTP client for the services, which both paths use. */
@Configuration(proxyBeanMethods = false)
class UpstreamConfiguration {
    /**
     * The bytes of a response that one upstream connection buffers, in addition to the write buffer of the client's connection.
     */
    private static final int MAX_RECEIVE_BUFFER = 32 * 1024;

    /** Replaces the client factory of the gateway library. */
    @Bean
    EventLoopClientFactory gatewayHttpClientFactory(
            HttpClientProperties properties, SslBundles bundles, List<HttpClientCustomizer> customizers) {
        // The library would call services with HTTP/2 if server.http2.enabled is true, which is about clients.
        ServerProperties http1 = new ServerProperties();
        return new EventLoopClientFactory(
                properties, http1, new HttpClientSslConfigurer(properties.getSsl(), http1, bundles), customizers);
    }

    /** The connections of the fast path. */
    @Bean
    ServiceConnections serviceConnections(
            HttpClient client,
            HttpClientProperties properties,
            ReactorResourceFactory resources,
            ConnectionProperties connection) {
        LoopResources loops = Objects.requireNonNull(resources.getLoopResources(), "loop resources");
        return new ServiceConnections(
                PoolSettings.of(properties.getPool()), new ServiceConnector(client, loops, connection.writeTimeout()));
    }

    @Bean
    ServiceTimeouts serviceTimeouts(HttpClientProperties properties) {
        return new ServiceTimeouts(properties);
    }

    /** Provides additional pool capacity for streams, so that their connections do not count against the limit of the pool. */
    @Bean
    ConnectionBudget connectionBudget(EventLoopClientFactory clients) {
        return new ConnectionBudget() {
            @Override
            public Runnable allowStream(String service) {
                return clients.connections().allowStream(service);
            }

            @Override
            public int perLoop() {
                return clients.connections().perLoop();
            }
        };
    }

    /** Uses the event loops of the server, so that one thread handles a request and its response. */
    @Bean
    HttpClientCustomizer upstreamLoops(ReactorResourceFactory resources) {
        return client -> client.runOn(Objects.requireNonNull(resources.getLoopResources(), "loop resources"));
    }

    @Bean
    ServiceCallGlobalFilter serviceCallGlobalFilter() {
        return new ServiceCallGlobalFilter();
    }

    /** Lets the filter know the connections of calls. */
    @Bean
    HttpClientCustomizer upstreamCalls() {
        return ServiceCallGlobalFilter::reporting;
    }

    /** Bounds the memory of an upstream connection: the receive buffer by its size, unsent bytes by the write timeout. */
    @Bean
    @SuppressWarnings("deprecation") // Netty offers no other way to bound a receive buffer.
    HttpClientCustomizer upstreamBuffers(ConnectionProperties properties) {
        var buffers = new AdaptiveRecvByteBufAllocator(64, 2_048, MAX_RECEIVE_BUFFER);
        return client -> client.option(ChannelOption.RCVBUF_ALLOCATOR, buffers)
                .doOnChannelInit(
                        (observer, channel, address) -> WriteDeadline.addTo(channel, properties.writeTimeout()));
    }
}
