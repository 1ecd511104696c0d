package io.portcullis.gateway.upstream;

/**
 * The size of the connection pools to services. Compensates a pool for the connections that streams occupy: each open stream
 * allows one more connection.
 */
@FunctionalInterface
public interface ConnectionBudget {
    /** For a pool in which streams do not count, or that has no limit. */
    ConnectionBudget NONE = service -> () -> {};

    /**
     * Allows one more connection to a service. Called on the event loop of the stream, when the stream begins.
     *
     * @param service host and port, in lower case
     * @return the task to run when the stream has ended
     */
    Runnable allowStream(String service);

    /**
     * Returns the number of connections to one service that the calls of one event loop may use, not counting those of
     * streams. Returns {@link Integer#MAX_VALUE} if all event loops share one pool.
     */
    default int perLoop() {
        return Integer.MAX_VALUE;
    }
}
