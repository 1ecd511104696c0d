package io.portcullis.gateway.config;

import io.portcullis.gateway.fastpath.EventLoopConnectionProvider;
import io.portcullis.gateway.upstream.UpstreamCodec;
import java.util.List;
import java.util.Objects;
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

/** The client of the services, whichever way a request takes. */
@Configuration(proxyBeanMethods = false)
class UpstreamConfiguration {
    /** In the place of the one that the gateway library makes. */
    @Bean
    HttpClientFactory gatewayHttpClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers) {
        return new EventLoopClientFactory(properties, server, ssl, customizers);
    }

    /** The server's: a request is then handled from its first to its last byte on one thread. */
    @Bean
    HttpClientCustomizer upstreamLoops(ReactorResourceFactory resources) {
        return client -> client.runOn(Objects.requireNonNull(resources.getLoopResources(), "loop resources"));
    }

    /**
     * With a pool for each event loop. {@code pool.max-connections} stays the limit for all of them together; one that is too small
     * to be shared out is for all.
     */
    private static final class EventLoopClientFactory extends HttpClientFactory {
        private static final int SMALLEST_SHARE = 32;

        EventLoopClientFactory(
                HttpClientProperties properties,
                ServerProperties server,
                HttpClientSslConfigurer ssl,
                List<HttpClientCustomizer> customizers) {
            super(properties, server, ssl, customizers);
        }

        @Override
        protected HttpClient createInstance() {
            return UpstreamCodec.on(super.createInstance());
        }

        @Override
        protected ConnectionProvider buildConnectionProvider(HttpClientProperties properties) {
            ConnectionProvider one = super.buildConnectionProvider(properties);
            int share = one.maxConnections() / LoopResources.DEFAULT_IO_WORKER_COUNT;
            ConnectionProvider.Builder builder = one.mutate();
            if (builder == null) {
                return one;
            }
            one.dispose();
            builder.evictionPredicate(
                    UpstreamCodec.eviction(properties.getPool().getMaxIdleTime()));
            return UpstreamCodec.renewable(
                    share < SMALLEST_SHARE
                            ? builder.build()
                            : new EventLoopConnectionProvider(
                                    () -> builder.maxConnections(share).build()));
        }
    }
}
