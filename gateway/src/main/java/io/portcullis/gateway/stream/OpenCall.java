package io.portcullis.gateway.stream;

import io.portcullis.gateway.upstream.ConnectionBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** A proxied call in flight. {@link OpenCalls} counts it until all references to it are released. */
public final class OpenCall {
    private static final String ATTRIBUTE = OpenCall.class.getName();

    private final OpenCalls calls;
    private final OpenCalls.CallsOfLoop key;
    private final ConnectionBudget budget;
    private final long admittedAt = System.nanoTime();
    private @Nullable Runnable endOfStream;
    private boolean released;

    OpenCall(OpenCalls calls, OpenCalls.CallsOfLoop key, ConnectionBudget budget) {
        this.calls = calls;
        this.key = key;
        this.budget = budget;
    }

    /** Returns the admission of the call, which began right after it. */
    public Admission admission() {
        return new Admission(key.calls().caller().sessionId(), admittedAt);
    }

    /**
     * Counts the call as a stream from now on. Does nothing if it already is one. Throws {@code TOO_MANY_STREAMS} if the
     * caller or the service has too many streams, and the error of the session's end if the session has ended since the call was
     * admitted.
     *
     * @param service the service that the stream is connected to, see {@link OpenCalls#serviceOf}
     */
    public void becomeStream(String service) {
        becomeStream(service, budget);
    }

    /**
     * Does what {@link #becomeStream(String)} does, for a stream on a connection of another pool than that of the call.
     *
     * @param pool compensates the pool of the stream for its connection
     */
    public synchronized void becomeStream(String service, ConnectionBudget pool) {
        if (endOfStream == null && !released) {
            endOfStream = calls.beginStream(key, service, pool);
        }
    }

    /** Throws the error of the session's end if the session has ended since the call was admitted. */
    public void requireAlive() {
        calls.requireAlive(key.calls().caller());
    }

    /** Ends the call: it is no longer counted, as a call or as a stream. Must be called once. */
    public synchronized void release() {
        released = true;
        if (endOfStream == null) {
            calls.end(key);
        } else {
            endOfStream.run();
        }
    }

    void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    /** Returns the call of an exchange, null before {@link CallLimitGlobalFilter} has run. */
    public static @Nullable OpenCall of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
