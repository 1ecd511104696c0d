package io.portcullis.gateway.stream;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * The proxied calls in flight on this node, and how many of them are streams. No caller may have more than its share: the
 * connections to a service would be taken by one caller, and the calls of others be refused (ADR 0019). A caller that has all of its
 * calls on one event loop may have half of the connections of that loop.
 *
 * <p>A call becomes a stream when its answer shows that it is one. It then no longer counts against the calls of its caller, nor
 * against the connections that the calls to its service have.
 */
public final class OpenCalls {
    private static final Duration CALL_RETRY_AFTER = Duration.ofSeconds(1);
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final Duration STREAM_RETRY_AFTER = Duration.ofSeconds(5);

    private final StreamProperties limits;
    private final SpareConnections spare;
    private final KeyedCounters<CallerAndService> calls = new KeyedCounters<>();
    private final KeyedCounters<CallsOfLoop> callsOfLoops = new KeyedCounters<>();
    private final KeyedCounters<Caller> streams = new KeyedCounters<>();
    private final KeyedCounters<String> streamsByService = new KeyedCounters<>();

    public OpenCalls(StreamProperties limits, SpareConnections spare) {
        this.limits = limits;
        this.spare = spare;
    }

    /** The name of the service that a URI leads to: host and port. */
    public static String serviceOf(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        boolean secure = scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("wss");
        int port = uri.getPort() > 0 ? uri.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
        return (host(uri) + ":" + port).toLowerCase(Locale.ROOT);
    }

    /** The name by which a service is discovered need not be a host. */
    private static String host(URI uri) {
        return uri.getHost() == null ? String.valueOf(uri.getAuthority()) : uri.getHost();
    }

    /**
     * The work on a call, which counts until it ends. Fails with {@code TOO_MANY_CALLS} without beginning it if the caller has too
     * many in flight to that service.
     *
     * @param service host and port, or the name by which it is discovered, see {@link #serviceOf}
     */
    public Mono<Void> call(Caller caller, String service, Function<OpenCall, Mono<Void>> work) {
        return Mono.using(() -> begin(new CallerAndService(caller, service)), work, OpenCall::end);
    }

    private OpenCall begin(CallerAndService key) {
        int limit = key.caller().sessionId() == null ? limits.maxCallsPerAddress() : limits.maxCallsPerSession();
        if (!calls.tryAdd(key, limit)) {
            throw tooManyCalls();
        }
        CallsOfLoop ofLoop = new CallsOfLoop(key, Thread.currentThread());
        if (!callsOfLoops.tryAdd(ofLoop, Math.max(1, spare.perLoop() / 2))) {
            calls.remove(key);
            throw tooManyCalls();
        }
        return new OpenCall(this, ofLoop);
    }

    private static PortcullisException tooManyCalls() {
        return PortcullisException.retryLater(ErrorCode.TOO_MANY_CALLS, CALL_RETRY_AFTER);
    }

    /** KeyedCounters the call as a stream; the task that it returns ends that. */
    Runnable beginStream(CallsOfLoop call, String service) {
        Caller caller = call.calls().caller();
        int limit = caller.sessionId() == null ? limits.maxPerAddress() : limits.maxPerSession();
        if (!streams.tryAdd(caller, limit)) {
            throw PortcullisException.retryLater(ErrorCode.TOO_MANY_STREAMS, STREAM_RETRY_AFTER);
        }
        if (!streamsByService.tryAdd(service, limits.maxPerService())) {
            streams.remove(caller);
            throw PortcullisException.retryLater(ErrorCode.TOO_MANY_STREAMS, STREAM_RETRY_AFTER);
        }
        end(call);
        Runnable end = spare.add(service);
        return () -> {
            streams.remove(caller);
            streamsByService.remove(service);
            end.run();
        };
    }

    void end(CallsOfLoop key) {
        calls.remove(key.calls());
        callsOfLoops.remove(key);
    }

    /** How many calls a caller has in flight to a service, beside its streams. */
    int calls(Caller caller, String service) {
        return calls.of(new CallerAndService(caller, service));
    }

    /** Whether nothing is in flight. */
    boolean isQuiet() {
        return calls.keys() == 0 && callsOfLoops.keys() == 0 && streams.keys() == 0 && streamsByService.keys() == 0;
    }

    record CallerAndService(Caller caller, String service) {}

    /**
     * The calls of one caller to one service that began on one event loop, and have their connections from its pool.
     *
     * @param loop its thread
     */
    record CallsOfLoop(CallerAndService calls, Thread loop) {}
}
