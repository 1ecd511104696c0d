package io.portcullis.gateway.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * The connections of the fast path to services (ADR 0033). Each event loop has a pool for each service, so that an exchange stays on the
 * event loop of its client. {@code pool.max-connections} is divided among the event loops; if a share would be smaller than 32 connections,
 * all event loops have the limit together. Thread-safe.
 */
public final class ServiceConnections {
    private final PoolSettings settings;
    private final ServiceConnector connector;
    private final int share;
    private final boolean divided;
    private final Map<ServiceAddress, ServicePool.Shared> common = new ConcurrentHashMap<>();
    private final FastThreadLocal<LoopState> states = new FastThreadLocal<>();

    ServiceConnections(PoolSettings settings, ServiceConnector connector) {
        this.settings = settings;
        this.connector = connector;
        this.share = settings.max() / LoopResources.DEFAULT_IO_WORKER_COUNT;
        this.divided = share >= EventLoopClientFactory.SMALLEST_SHARE;
    }

    /**
     * Begins to look for a connection. Must be called on the event loop.
     *
     * @param fresh whether only a new connection will do
     * @return null if the listener has already been called
     */
    public @Nullable Acquisition acquire(
            EventLoop loop,
            ServiceAddress address,
            int connectTimeoutMillis,
            boolean fresh,
            ExchangeListener listener) {
        Map<ServiceAddress, ServicePool> pools = state().pools;
        ServicePool pool = pools.get(address);
        if (pool == null) {
            pool = new ServicePool(loop, address, connector, settings, shared(address));
            pools.put(address, pool);
        }
        return pool.acquire(listener, connectTimeoutMillis, fresh);
    }

    private ServicePool.Shared shared(ServiceAddress address) {
        return divided
                ? ServicePool.Shared.of(share)
                : common.computeIfAbsent(address, key -> ServicePool.Shared.of(settings.max()));
    }

    /** Returns the deadlines of one length on an event loop. Must be called on the event loop. */
    public Deadlines deadlines(EventLoop loop, Duration limit) {
        Map<Duration, Deadlines> known = state().deadlines;
        Deadlines deadlines = known.get(limit);
        if (deadlines == null) {
            deadlines = new Deadlines(loop, limit);
            known.put(limit, deadlines);
        }
        return deadlines;
    }

    private LoopState state() {
        LoopState known = states.getIfExists();
        if (known == null) {
            known = new LoopState();
            states.set(known);
        }
        return known;
    }

    private static final class LoopState {
        final Map<ServiceAddress, ServicePool> pools = new HashMap<>();
        final Map<Duration, Deadlines> deadlines = new HashMap<>();
    }
}
