package io.portcullis.gateway.upstream;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Creates the client with one connection pool per event loop. {@code pool.max-connections} is the limit for all pools
 * together; if a share would be smaller than 32 connections, all event loops use one pool.
 */
final class EventLoopClientFactory extends HttpClientFactory {
    static final int SMALLEST_SHARE = 32;
    private @Nullable EventLoopConnectionProvider connections;

    EventLoopClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers) {
        super(properties, server, ssl, customizers);
    }

    /**
     * Returns the connection budget of the pool. The budget has no effect if {@code pool.type} is {@code disabled}, because
     * that pool has no limit.
     */
    ConnectionBudget connections() {
        return connections == null ? ConnectionBudget.NONE : connections;
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
        builder.evictionPredicate(UpstreamCodec.eviction(properties.getPool().getMaxIdleTime()));
        connections = share < SMALLEST_SHARE
                ? EventLoopConnectionProvider.common(max, builder)
                : EventLoopConnectionProvider.perLoop(share, builder);
        return UpstreamCodec.retrying(connections);
    }
}
