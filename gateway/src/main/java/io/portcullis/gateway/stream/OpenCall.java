package io.portcullis.gateway.stream;

import io.portcullis.gateway.upstream.ConnectionBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** A proxied call in flight. {@link OpenCalls} counts it until all references to it are released. */
public final class OpenCall {
    private static final String ATTRIBUTE = OpenCall.class.getName();

    private final OpenCalls calls;
    private final OpenCalls.CallsOfLoop key;
    private final ConnectionBudget budget;
    private final long admittedAt = System.nanoTime();
    private @Nullable Runnable endOfStream;
    /** The number of tasks that keep the call open. The call ends when this number reaches zero. */
    private int references = 1;

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
    public synchronized void becomeStream(String service) {
        if (endOfStream == null && references > 0) {
            endOfStream = calls.beginStream(key, service, budget);
        }
    }

    /**
     * Keeps the call open until {@code work} ends, even if the exchange that began the call ends earlier, as the exchange
     * of a WebSocket does.
     */
    Mono<Void> releaseAfter(Mono<Void> work) {
        return Mono.using(this::retain, same -> work, OpenCall::release);
    }

    private synchronized OpenCall retain() {
        references++;
        return this;
    }

    /** Releases one reference. After the last release, the call or stream is no longer counted. */
    public synchronized void release() {
        references--;
        if (references > 0) {
            return;
        }
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
    static @Nullable OpenCall of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
