package io.portcullis.core.token.store;

/**
 * Signals that the master of Redis has a write, and that too few of its replicas have acknowledged it. A failover may lose the write. This
 * exception is the cause of the {@code UNAVAILABLE} that {@link AccessTokenCache} signals.
 */
public final class UnacknowledgedWriteException extends RuntimeException {
    /**
     * @param acknowledged the number of replicas that have acknowledged the write
     * @param expected the number of replicas that had to
     */
    public UnacknowledgedWriteException(long acknowledged, int expected) {
        super("replicas: " + acknowledged + " (expected: " + expected + ")", null, false, false);
    }
}
