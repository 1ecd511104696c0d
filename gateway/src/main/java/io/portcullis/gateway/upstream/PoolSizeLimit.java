package io.portcullis.gateway.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import reactor.netty.resources.ConnectionProvider.AllocationStrategy;

/**
 * Limits the size of a connection pool. Each open stream raises the limit by one, so that the connections of streams do not
 * count. Thread-safe.
 */
final class PoolSizeLimit implements AllocationStrategy<PoolSizeLimit> {
    private final int max;
    private final AtomicInteger granted = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();

    PoolSizeLimit(int max) {
        this.max = max;
    }

    void addStream() {
        streams.incrementAndGet();
    }

    void removeStream() {
        streams.decrementAndGet();
    }

    private int free(int taken) {
        return (int) Math.max(0, (long) max + streams.get() - taken);
    }

    /** Returns the same instance, because all pools of one service share the limit. */
    @Override
    public PoolSizeLimit copy() {
        return this;
    }

    @Override
    public int estimatePermitCount() {
        return free(granted.get());
    }

    @Override
    public int getPermits(int desired) {
        while (true) {
            int taken = granted.get();
            int permits = Math.min(Math.max(0, desired), free(taken));
            if (permits == 0 || granted.compareAndSet(taken, taken + permits)) {
                return permits;
            }
        }
    }

    @Override
    public int permitGranted() {
        return granted.get();
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
    public void returnPermits(int returned) {
        granted.addAndGet(-returned);
    }
}
