package io.portcullis.gateway.stream;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** One call in flight. */
public final class OpenCall {
    private static final String ATTRIBUTE = OpenCall.class.getName();

    private final OpenCalls calls;
    private final OpenCalls.CallsOfLoop key;
    private @Nullable Runnable endOfStream;
    /** The tasks that the call lasts as long as; it has ended when there are none. */
    private int holders = 1;

    OpenCall(OpenCalls calls, OpenCalls.CallsOfLoop key) {
        this.calls = calls;
        this.key = key;
    }

    /** The session of the caller, null if nobody is logged in. */
    public @Nullable String sessionId() {
        return key.calls().caller().sessionId();
    }

    /**
     * Counts as a stream from now on. Throws {@code TOO_MANY_STREAMS} if the caller or the service has too many.
     *
     * @param service the service that the stream has its connection to, see {@link OpenCalls#serviceOf}
     */
    public synchronized void becomeStream(String service) {
        if (endOfStream == null && holders > 0) {
            endOfStream = calls.beginStream(key, service);
        }
    }

    /** The work, as long as which the call lasts, although the exchange that began it ends before: that of a WebSocket does. */
    Mono<Void> lastingFor(Mono<Void> work) {
        return Mono.using(this::hold, same -> work, OpenCall::end);
    }

    private synchronized OpenCall hold() {
        holders++;
        return this;
    }

    synchronized void end() {
        holders--;
        if (holders > 0) {
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

    /** The call of an exchange, null before its route was chosen. */
    static @Nullable OpenCall of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
