package io.portcullis.gateway.config;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.portcullis.gateway.connection.WriteDeadline;
import io.portcullis.gateway.fastpath.EventLoopConnectionProvider;
import io.portcullis.gateway.stream.SpareConnections;
import io.portcullis.gateway.upstream.UpstreamCodec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** The client of the services, whichever path a request takes. */
@Configuration(proxyBeanMethods = false)
class UpstreamConfiguration {
    /** As much as is kept of an answer beside what waits in the client's connection. */
    private static final int MAX_RECEIVE_BUFFER = 32 * 1024;

    /** In the place of the one that the gateway library makes. */
    @Bean
    EventLoopClientFactory gatewayHttpClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers) {
        return new EventLoopClientFactory(properties, server, ssl, customizers);
    }

    /** The connections of streams do not count against the bound of a pool. */
    @Bean
    SpareConnections spareConnections(EventLoopClientFactory clients) {
        return new SpareConnections() {
            @Override
            public Runnable add(String service) {
                return clients.connections().add(service);
            }

            @Override
            public int perLoop() {
                return clients.connections().perLoop();
            }
        };
    }

    /** The server's: a request is then handled from its first to its last byte on one thread. */
    @Bean
    HttpClientCustomizer upstreamLoops(ReactorResourceFactory resources) {
        return client -> client.runOn(Objects.requireNonNull(resources.getLoopResources(), "loop resources"));
    }

    /** Bounds what a connection of a service holds: one receive buffer, and bytes that the service does not take. */
    @Bean
    @SuppressWarnings("deprecation") // Netty offers no other way to bound a receive buffer.
    HttpClientCustomizer upstreamBuffers(PortcullisProperties properties) {
        var buffers = new AdaptiveRecvByteBufAllocator(64, 2_048, MAX_RECEIVE_BUFFER);
        return client -> client.option(ChannelOption.RCVBUF_ALLOCATOR, buffers)
                .doOnChannelInit((observer, channel, address) ->
                        WriteDeadline.addTo(channel, properties.http().writeTimeout()));
    }

    /**
     * With a pool for each event loop. {@code pool.max-connections} stays the limit for all of them together; one that is too small
     * to be shared out is for all.
     */
    static final class EventLoopClientFactory extends HttpClientFactory {
        private static final int SMALLEST_SHARE = 32;
        private @Nullable EventLoopConnectionProvider connections;

        EventLoopClientFactory(
                HttpClientProperties properties,
                ServerProperties server,
                HttpClientSslConfigurer ssl,
                List<HttpClientCustomizer> customizers) {
            super(properties, server, ssl, customizers);
        }

        /** Connections are not pooled at all by a {@code pool.type} of {@code disabled}: then no bound has to grow. */
        SpareConnections connections() {
            return connections == null ? service -> () -> {} : connections;
        }

        @Override
        protected HttpClient createInstance() {
            return UpstreamCodec.on(super.createInstance());
        }

        @Override
        protected ConnectionProvider buildConnectionProvider(HttpClientProperties properties) {
            ConnectionProvider one = super.buildConnectionProvider(properties);
            ConnectionProvider.Builder builder = one.mutate();
            if (builder == null) {
                return one;
            }
            int max = one.maxConnections();
            int share = max / LoopResources.DEFAULT_IO_WORKER_COUNT;
            one.dispose();
            builder.evictionPredicate(
                    UpstreamCodec.eviction(properties.getPool().getMaxIdleTime()));
            connections = share < SMALLEST_SHARE
                    ? EventLoopConnectionProvider.common(max, builder)
                    : EventLoopConnectionProvider.perLoop(share, builder);
            return UpstreamCodec.renewable(connections);
        }
    }
}
