package io.portcullis.gateway.stream;

/** The connections to services. Lets the calls to a service have a connection more for each connection that a stream has. */
@FunctionalInterface
public interface SpareConnections {
    /**
     * Called on the event loop of the stream, when the stream begins.
     *
     * @param service see {@link OpenCalls#serviceOf}
     * @return the task to run when the stream has ended
     */
    Runnable add(String service);

    /**
     * How many connections to one service the calls of one event loop have for themselves, beside those of streams. Calls of
     * different loops may also share one pool, of which no loop has a part.
     */
    default int perLoop() {
        return Integer.MAX_VALUE;
    }
}
