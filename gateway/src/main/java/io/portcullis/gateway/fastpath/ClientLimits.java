package io.portcullis.gateway.fastpath;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The limits of client connections under Spring's properties ({@code server.netty.*}), and the stop of the node. Thread-safe. */
public final class ClientLimits {
    private final long idleNanos;
    private final int maxKeepAliveRequests;
    private final AtomicInteger exchanges = new AtomicInteger();
    private volatile boolean stopping;

    /**
     * @param idle the time after which a connection without a request is closed, null for no limit
     * @param maxKeepAliveRequests the number of requests after which a connection is closed, 0 or less for no limit
     */
    ClientLimits(@Nullable Duration idle, int maxKeepAliveRequests) {
        this.idleNanos = idle == null ? 0 : idle.toNanos();
        this.maxKeepAliveRequests = maxKeepAliveRequests > 0 ? maxKeepAliveRequests : Integer.MAX_VALUE;
    }

    long idleNanos() {
        return idleNanos;
    }

    int maxKeepAliveRequests() {
        return maxKeepAliveRequests;
    }

    /** Lets the connections end with the response under way. */
    public void stop() {
        stopping = true;
    }

    /** Returns the number of requests that are under way on the fast path. */
    public int underWay() {
        return exchanges.get();
    }

    void countBegin() {
        exchanges.incrementAndGet();
    }

    void countEnd() {
        exchanges.decrementAndGet();
    }

    boolean isStopping() {
        return stopping;
    }
}
