package io.portcullis.gateway.upstream;

import io.netty.resolver.AddressResolverGroup;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;
import reactor.util.context.Context;

/**
 * Acquires connections from a pool, or a new connection for an exchange whose Reactor context has been marked with
 * {@link #onNewConnection}. A new connection is used for one exchange and does not enter the pool. Fails with
 * {@link StaleConnectionException} if the pool has only connections that are closed by the service.
 */
final class RetryingConnectionProvider implements ConnectionProvider {
    private static final Object NEW_CONNECTION = new Object();

    private final ConnectionProvider pool;
    private final ConnectionProvider newConnections = ConnectionProvider.newConnection();

    RetryingConnectionProvider(ConnectionProvider pool) {
        this.pool = pool;
    }

    /** Returns the context with the mark that requests a new connection. */
    static Context onNewConnection(Context context) {
        return context.put(NEW_CONNECTION, true);
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remoteAddress,
            @Nullable AddressResolverGroup<?> resolver) {
        return Mono.deferContextual(context -> context.hasKey(NEW_CONNECTION)
                ? newConnections.acquire(config, observer, remoteAddress, resolver)
                : pool.acquire(config, observer, remoteAddress, resolver)
                        .onErrorMap(
                                RetryingConnectionProvider::isClosedInHandOver, e -> new StaleConnectionException()));
    }

    /**
     * Returns whether the pool failed because two connections in turn were closed by the service between their choice and their
     * use. A pool that several event loops share hands a connection over to its event loop, chooses another connection once if
     * the first one is closed by then, and fails with a plain {@link IOException} if the second one is closed, too. Failures to
     * connect have types of their own.
     */
    private static boolean isClosedInHandOver(Throwable failure) {
        return failure.getClass() == IOException.class;
    }

    @Override
    public @Nullable String name() {
        return pool.name();
    }

    @Override
    public int maxConnections() {
        return pool.maxConnections();
    }

    @Override
    public @Nullable Map<SocketAddress, Integer> maxConnectionsPerHost() {
        return pool.maxConnectionsPerHost();
    }

    @Override
    public @Nullable Builder mutate() {
        return pool.mutate();
    }

    @Override
    public void disposeWhen(SocketAddress address) {
        pool.disposeWhen(address);
    }

    @Override
    public boolean isDisposed() {
        return pool.isDisposed();
    }

    @Override
    public void dispose() {
        pool.dispose();
    }

    @Override
    public Mono<Void> disposeLater() {
        return pool.disposeLater();
    }
}
