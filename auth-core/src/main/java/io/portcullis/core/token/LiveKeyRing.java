package io.portcullis.core.token;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The key ring that this node uses at the moment. It is replaced as a whole when a key is added or dropped (docs/adr/0044). While the node
 * cannot learn of new keys, it cannot tell an unknown key from a new one.
 *
 * <p>Safe to share between threads; a read costs a few volatile reads.
 */
public final class LiveKeyRing {
    private volatile long validNanos;
    private final LongSupplier nanoTime;
    private final boolean fixed;
    private volatile KeyRing ring;
    private volatile long confirmedAt;

    private LiveKeyRing(KeyRing ring, Duration valid, LongSupplier nanoTime, boolean fixed) {
        this.ring = ring;
        this.validNanos = valid.toNanos();
        this.nanoTime = nanoTime;
        this.fixed = fixed;
        this.confirmedAt = nanoTime.getAsLong();
    }

    /**
     * Creates a live ring that is current now.
     *
     * @param valid for how long a ring is current after {@link #confirm}
     */
    public static LiveKeyRing of(KeyRing ring, Duration valid, LongSupplier nanoTime) {
        return new LiveKeyRing(ring, valid, nanoTime, false);
    }

    /** Creates a ring that is always current. */
    public static LiveKeyRing fixed(KeyRing ring) {
        return new LiveKeyRing(ring, Duration.ZERO, () -> 0, true);
    }

    /** Replaces the ring. Tokens that are verified from now on are verified by it. */
    public void use(KeyRing newRing) {
        ring = newRing;
    }

    /**
     * Records that the ring has all keys that any node signs with.
     *
     * @param nanos the time of this class's clock before the ring was read
     */
    public void confirm(long nanos) {
        confirmedAt = nanos;
    }

    /** Sets for how long the ring is current after {@link #confirm}. */
    public void limitTo(Duration valid) {
        validNanos = valid.toNanos();
    }

    /** Returns the ring. */
    public KeyRing ring() {
        return ring;
    }

    /** Returns whether no node signs with a key that the ring does not have. */
    public boolean isCurrent() {
        return fixed || nanoTime.getAsLong() - confirmedAt < validNanos;
    }
}
