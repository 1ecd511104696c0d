package io.portcullis.gateway.upstream;

import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.AddressUtils;
import reactor.netty.transport.TransportConfig;

/**
 * Keeps one connection pool for each service and each event loop, so that a request is proxied on the event loop of its client
 * connection. A pool that all event loops share hands out connections of other loops, and such a request changes threads twice.
 */
final class EventLoopConnectionProvider implements ConnectionProvider, ConnectionBudget {
    private static final SocketAddress UNKNOWN = InetSocketAddress.createUnresolved("unknown", 0);

    private final int max;
    private final Function<PoolSizeLimit, ConnectionProvider> pools;
    private final List<ConnectionProvider> all = new CopyOnWriteArrayList<>();
    private final Map<SocketAddress, Pool> commonPools = new ConcurrentHashMap<>();
    private final @Nullable FastThreadLocal<Map<SocketAddress, Pool>> poolsOfLoop;
    private volatile boolean disposed;

    private EventLoopConnectionProvider(int max, boolean perLoop, ConnectionProvider.Builder builder) {
        this.max = max;
        this.pools = sizeLimit -> builder.allocationStrategy(sizeLimit).build();
        this.poolsOfLoop = perLoop ? new PoolsOfLoop() : null;
    }

    /**
     * Creates a provider with one pool for each service and event loop.
     *
     * @param max the number of connections of one event loop to one service, not counting those of streams
     */
    static EventLoopConnectionProvider perLoop(int max, ConnectionProvider.Builder builder) {
        return new EventLoopConnectionProvider(max, true, builder);
    }

    /**
     * Creates a provider with one pool for each service, shared by all event loops.
     *
     * @param max the number of connections to one service, not counting those of streams
     */
    static EventLoopConnectionProvider common(int max, ConnectionProvider.Builder builder) {
        return new EventLoopConnectionProvider(max, false, builder);
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remoteAddress,
            @Nullable AddressResolverGroup<?> resolver) {
        SocketAddress service = remoteAddress == null ? UNKNOWN : remoteAddress.get();
        return poolOf(service).connections().acquire(config, observer, remoteAddress, resolver);
    }

    @Override
    public Runnable allowStream(String service) {
        int colon = service.lastIndexOf(':');
        PoolSizeLimit sizeLimit = poolOf(AddressUtils.createUnresolved(
                        service.substring(0, colon), Integer.parseInt(service.substring(colon + 1))))
                .sizeLimit();
        sizeLimit.addStream();
        return sizeLimit::removeStream;
    }

    @Override
    public int perLoop() {
        return poolsOfLoop == null ? Integer.MAX_VALUE : max;
    }

    private Pool poolOf(SocketAddress service) {
        var known = poolsOfLoop != null && Thread.currentThread() instanceof FastThreadLocalThread
                ? poolsOfLoop.get()
                : commonPools;
        Pool pool = known.get(service);
        return pool == null ? known.computeIfAbsent(service, key -> newPool()) : pool;
    }

    private synchronized Pool newPool() {
        var sizeLimit = new PoolSizeLimit(max);
        ConnectionProvider connections = pools.apply(sizeLimit);
        all.add(connections);
        return new Pool(sizeLimit, connections);
    }

    @Override
    public int maxConnections() {
        return max;
    }

    @Override
    public void disposeWhen(SocketAddress address) {
        all.forEach(pool -> pool.disposeWhen(address));
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    @Override
    public void dispose() {
        disposed = true;
        all.forEach(ConnectionProvider::dispose);
    }

    @Override
    public Mono<Void> disposeLater() {
        return Mono.defer(() -> {
            disposed = true;
            return Flux.fromIterable(all)
                    .flatMap(ConnectionProvider::disposeLater)
                    .then();
        });
    }

    private record Pool(PoolSizeLimit sizeLimit, ConnectionProvider connections) {}

    private static final class PoolsOfLoop extends FastThreadLocal<Map<SocketAddress, Pool>> {
        @Override
        protected Map<SocketAddress, Pool> initialValue() {
            return new HashMap<>();
        }
    }
}
