package io.portcullis.gateway.stream;

/** Lets the calls to a service have a connection more for each connection that a stream has. */
@FunctionalInterface
public interface SpareConnections {
    /**
     * Called on the event loop of the stream, when the stream begins.
     *
     * @param service see {@link OpenCalls#serviceOf}
     * @return the task to run when the stream has ended
     */
    Runnable add(String service);
}
