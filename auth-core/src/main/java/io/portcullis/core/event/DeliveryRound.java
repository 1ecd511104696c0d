package io.portcullis.core.event;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What one round of deliveries has come to. Thread-safe. */
final class DeliveryRound {
    private final AtomicInteger delivered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger dead = new AtomicInteger();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> storeFailure = new AtomicReference<>();

    void addDelivered() {
        delivered.incrementAndGet();
    }

    void addFailed(String lastFailure) {
        failed.incrementAndGet();
        failure.set(lastFailure);
    }

    void addDead(int events) {
        dead.addAndGet(events);
    }

    /** Records that MySQL did not take the result of a delivery, which is therefore repeated. */
    void addStoreFailure(Throwable cause) {
        storeFailure.compareAndSet(null, cause);
    }

    boolean anyDelivered() {
        return delivered.get() > 0;
    }

    /** Returns whether attempts failed and none succeeded. */
    boolean onlyFailed() {
        return failed.get() > 0 && !anyDelivered();
    }

    int dead() {
        return dead.get();
    }

    /** Returns the failure of the last attempt that failed; empty if none did. */
    String lastFailure() {
        String last = failure.get();
        return last == null ? "" : last;
    }

    @Nullable
    Throwable storeFailure() {
        return storeFailure.get();
    }
}
