package io.portcullis.gateway.upstream;

import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The request for a connection to a service. Confined to the event loop of its pool. */
public final class Acquisition {
    private final ServicePool pool;
    private final ExchangeListener listener;
    private final int connectTimeoutMillis;
    private @Nullable Future<?> timer;
    private boolean over;

    Acquisition(ServicePool pool, ExchangeListener listener, int connectTimeoutMillis) {
        this.pool = pool;
        this.listener = listener;
        this.connectTimeoutMillis = connectTimeoutMillis;
    }

    ServicePool pool() {
        return pool;
    }

    int connectTimeoutMillis() {
        return connectTimeoutMillis;
    }

    void limitWaiting(Future<?> waiting) {
        timer = waiting;
    }

    /** Gives up. A connection that is still made for this acquisition goes to the pool. */
    public void cancel() {
        if (end()) {
            pool.leave(this);
        }
    }

    /** Passes the connection on; returns it to the pool if it is not wanted any more. */
    void succeed(ServiceConnection connection) {
        if (end()) {
            listener.connected(connection);
        } else {
            pool.giveBack(connection);
        }
    }

    void fail(Throwable failure) {
        if (end()) {
            listener.failed(failure);
        }
    }

    boolean isOver() {
        return over;
    }

    private boolean end() {
        boolean first = !over;
        over = true;
        if (timer != null) {
            boolean unused = timer.cancel(false);
            timer = null;
        }
        return first;
    }
}
