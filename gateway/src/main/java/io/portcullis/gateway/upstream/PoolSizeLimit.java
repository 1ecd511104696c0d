package io.portcullis.gateway.upstream;

import reactor.netty.resources.ConnectionProvider.AllocationStrategy;

/**
 * Limits the size of a connection pool. Each open stream raises the limit by one, so that the connections of streams do not
 * count. Thread-safe.
 */
final class PoolSizeLimit implements AllocationStrategy<PoolSizeLimit> {
    private final int max;
    // Both change under one lock, so that a new connection and the end of a stream do not both take the last place.
    private int granted;
    private int streams;

    PoolSizeLimit(int max) {
        this.max = max;
    }

    synchronized void addStream() {
        streams++;
    }

    synchronized void removeStream() {
        streams--;
    }

    /** Returns the same instance, because all pools of one service share the limit. */
    @Override
    public PoolSizeLimit copy() {
        return this;
    }

    @Override
    public synchronized int estimatePermitCount() {
        return (int) Math.max(0, (long) max + streams - granted);
    }

    @Override
    public synchronized int getPermits(int desired) {
        int permits = Math.min(Math.max(0, desired), estimatePermitCount());
        granted += permits;
        return permits;
    }

    @Override
    public synchronized int permitGranted() {
        return granted;
    }

    @Override
    public int permitMinimum() {
        return 0;
    }

    @Override
    public int permitMaximum() {
        return max;
    }

    @Override
    public synchronized void returnPermits(int returned) {
        granted -= returned;
    }
}
