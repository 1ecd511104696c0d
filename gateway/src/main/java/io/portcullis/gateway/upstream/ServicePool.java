package io.portcullis.gateway.upstream;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/**
 * The connections of one event loop to one service. A connection is used by one exchange at a time, and again only after an exchange
 * that ended cleanly. Confined to its event loop.
 */
final class ServicePool {
    private final EventLoop loop;
    private final ServiceAddress address;
    private final ServiceConnector connector;
    private final PoolSettings settings;
    private final ConnectionPermits permits;
    /** The pools that share the permits, this one among them. */
    private final List<ServicePool> siblings;

    private final Deque<ServiceConnection> idle = new ArrayDeque<>();
    /** The size of {@link #idle}, for the other event loops. */
    private volatile int idleCount;

    private boolean evicting;

    ServicePool(
            EventLoop loop, ServiceAddress address, ServiceConnector connector, PoolSettings settings, Shared shared) {
        this.loop = loop;
        this.address = address;
        this.connector = connector;
        this.settings = settings;
        this.permits = shared.permits;
        this.siblings = shared.pools;
        siblings.add(this);
    }

    /** The permits of the pools to one service that share them, and these pools. */
    record Shared(ConnectionPermits permits, List<ServicePool> pools) {
        static Shared of(int max) {
            return new Shared(new ConnectionPermits(max), new CopyOnWriteArrayList<>());
        }
    }

    EventLoop loop() {
        return loop;
    }

    ServiceAddress address() {
        return address;
    }

    /**
     * Begins to look for a connection: an idle one, or a new one within the limit, or the next that is free.
     *
     * @param fresh whether idle connections are left alone
     * @return null if the listener has already been called
     */
    @Nullable
    Acquisition acquire(ExchangeListener listener, int connectTimeoutMillis, boolean fresh) {
        ServiceConnection found = fresh ? null : takeIdle();
        if (found != null) {
            listener.connected(found);
            return null;
        }
        var acquisition = new Acquisition(this, listener, connectTimeoutMillis);
        if (permits.takeOrWait(acquisition)) {
            connector.connect(acquisition);
        } else {
            limitWaiting(acquisition);
            closeIdleForWaiting();
        }
        return acquisition;
    }

    private @Nullable ServiceConnection takeIdle() {
        while (!idle.isEmpty()) {
            ServiceConnection found = settings.lifo() ? idle.removeLast() : idle.removeFirst();
            idleCount = idle.size();
            if (!settings.isExpired(found) && found.isUsable()) {
                return found;
            }
            found.close();
        }
        return null;
    }

    private void limitWaiting(Acquisition acquisition) {
        Duration limit = settings.acquireTimeout();
        if (limit != null) {
            acquisition.limitWaiting(
                    loop.schedule(() -> timeOut(acquisition, limit), limit.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private void timeOut(Acquisition acquisition, Duration limit) {
        permits.leave(acquisition);
        acquisition.fail(new PoolAcquireTimeoutException(limit));
    }

    void leave(Acquisition acquisition) {
        permits.leave(acquisition);
    }

    /** Asks a pool of another event loop that shares the permits to close a connection that it does not use. */
    private void askSiblings() {
        for (ServicePool sibling : siblings) {
            if (sibling != this && sibling.idleCount > 0) {
                sibling.loop.execute(sibling::closeIdleForWaiting);
                return;
            }
        }
    }

    private void closeIdleForWaiting() {
        if (!permits.hasWaiting()) {
            return;
        }
        if (idle.isEmpty()) {
            // A call of this event loop was faster.
            askSiblings();
        } else {
            ServiceConnection given = idle.removeFirst();
            idleCount = idle.size();
            given.close();
        }
    }

    /** Takes a connection back whose exchange ended cleanly, or that was not needed. */
    void giveBack(ServiceConnection connection) {
        if (!connection.channel().isActive() || settings.isExpired(connection)) {
            connection.close();
            return;
        }
        if (permits.hasWaiting() && !connection.isUsable()) {
            connection.close();
            return;
        }
        Acquisition next = permits.nextWaiting();
        if (next == null) {
            idle.add(connection);
            idleCount = idle.size();
            evictLater();
            // One that began to wait in the meantime has not seen this connection.
            closeIdleForWaiting();
        } else if (next.pool() == this) {
            next.succeed(connection);
        } else {
            connection.detachPermit();
            connection.close();
            next.pool().receivePermit(next);
        }
    }

    /** Called once for each permit that a connection, or the attempt to connect, does not need any more. */
    void giveBackPermit() {
        Acquisition next = permits.giveBack();
        if (next != null) {
            next.pool().receivePermit(next);
        }
    }

    private void receivePermit(Acquisition acquisition) {
        if (loop.inEventLoop()) {
            connectWithPermit(acquisition);
        } else {
            loop.execute(() -> connectWithPermit(acquisition));
        }
    }

    private void connectWithPermit(Acquisition acquisition) {
        if (acquisition.isOver()) {
            giveBackPermit();
        } else {
            connector.connect(acquisition);
        }
    }

    /** Forgets a connection that was closed while it was idle. */
    void remove(ServiceConnection connection) {
        if (idle.remove(connection)) {
            idleCount = idle.size();
        }
    }

    private void evictLater() {
        if (!evicting && settings.evictionNanos() > 0) {
            evicting = true;
            var unused = loop.schedule(this::evict, settings.evictionNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void evict() {
        evicting = false;
        List<ServiceConnection> expired =
                idle.stream().filter(settings::isExpired).toList();
        expired.forEach(each -> {
            idle.remove(each);
            each.close();
        });
        idleCount = idle.size();
        if (!idle.isEmpty()) {
            evictLater();
        }
    }
}
