package io.portcullis.gateway.fastpath;

import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;

/**
 * A pool of connections to services for each event loop, so that a request stays on the loop that it came in on. One pool for all
 * hands out connections of other loops, and each such request changes threads twice.
 */
public final class EventLoopConnectionProvider implements ConnectionProvider {
    private final List<ConnectionProvider> all = new CopyOnWriteArrayList<>();
    private final ConnectionProvider others;
    private final FastThreadLocal<ConnectionProvider> own;

    /** @param pools makes the pool of one loop */
    public EventLoopConnectionProvider(Supplier<ConnectionProvider> pools) {
        this.others = add(pools);
        this.own = new FastThreadLocal<>() {
            @Override
            protected ConnectionProvider initialValue() {
                return add(pools);
            }
        };
    }

    private ConnectionProvider add(Supplier<ConnectionProvider> pools) {
        ConnectionProvider pool = pools.get();
        all.add(pool);
        return pool;
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remoteAddress,
            @Nullable AddressResolverGroup<?> resolver) {
        return current().acquire(config, observer, remoteAddress, resolver);
    }

    private ConnectionProvider current() {
        return Thread.currentThread() instanceof FastThreadLocalThread ? own.get() : others;
    }

    @Override
    public int maxConnections() {
        return others.maxConnections();
    }

    @Override
    public void disposeWhen(SocketAddress address) {
        all.forEach(pool -> pool.disposeWhen(address));
    }

    @Override
    public boolean isDisposed() {
        return others.isDisposed();
    }

    @Override
    public void dispose() {
        all.forEach(ConnectionProvider::dispose);
    }

    @Override
    public Mono<Void> disposeLater() {
        return Flux.fromIterable(all).flatMap(ConnectionProvider::disposeLater).then();
    }
}
