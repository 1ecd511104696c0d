package io.portcullis.gateway.stream;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.origin.Origin;
import io.portcullis.gateway.upstream.ConnectionBudget;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Counts the calls in flight on this node, and the streams among them, and limits both for each caller (ADR 0019).
 * Without the limit one caller could occupy all connections to a service, and the calls of other callers would be refused. The
 * calls of one caller on one event loop may use at most half of the connections of that loop.
 *
 * <p>A call becomes a stream when the head of its response shows that it is one. From then on it counts neither as a call of
 * its caller nor against the connection pool of its service.
 */
public final class OpenCalls {
    private static final Duration CALL_RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration STREAM_RETRY_AFTER = Duration.ofSeconds(5);

    private final StreamProperties limits;
    private final ConnectionBudget budget;
    private final RecentEnds recentEnds;
    private final KeyedCounters<CallerAndService> calls = new KeyedCounters<>();
    private final KeyedCounters<Caller> gatewayCalls = new KeyedCounters<>();
    private final KeyedCounters<CallsOfLoop> callsOfLoops = new KeyedCounters<>();
    private final KeyedCounters<Caller> streams = new KeyedCounters<>();
    private final KeyedCounters<String> streamsByService = new KeyedCounters<>();

    OpenCalls(StreamProperties limits, ConnectionBudget budget, RecentEnds recentEnds) {
        this.limits = limits;
        this.budget = budget;
        this.recentEnds = recentEnds;
    }

    /** Returns the name of the service that a URI points to: host and port, in lower case. */
    public static String serviceOf(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        int known = Origin.defaultPort(scheme);
        int usual = known == Origin.NO_PORT ? Origin.defaultPort("http") : known;
        return (host(uri) + ":" + (uri.getPort() > 0 ? uri.getPort() : usual)).toLowerCase(Locale.ROOT);
    }

    /** Returns the authority if the URI has no valid host name: the name of a discovered service need not be one. */
    private static String host(URI uri) {
        return uri.getHost() == null ? String.valueOf(uri.getAuthority()) : uri.getHost();
    }

    /**
     * Runs {@code work} as a call, which counts until {@code work} ends. Fails with {@code TOO_MANY_CALLS}, without
     * starting {@code work}, if the caller has too many calls to that service in flight, on this node or on the current
     * event loop.
     *
     * @param service host and port, or the name of a discovered service, see {@link #serviceOf}
     */
    public Mono<Void> call(Caller caller, String service, Function<OpenCall, Mono<Void>> work) {
        return Mono.using(() -> begin(caller, service, budget), work, OpenCall::release);
    }

    /**
     * Runs {@code work} as a call to an endpoint of the gateway, which counts until {@code work} ends. Such a call uses no connection to a
     * service, but its body may be slow. Fails with {@code TOO_MANY_CALLS}, without starting {@code work}, if the caller has too many of
     * these calls in flight on this node.
     */
    public <T> Mono<T> gatewayCall(Caller caller, Supplier<Mono<T>> work) {
        int limit = caller.sessionId() == null ? limits.maxGatewayCallsPerAddress() : limits.maxCallsPerSession();
        return Mono.using(
                () -> {
                    if (!gatewayCalls.tryAdd(caller, limit)) {
                        throw tooManyCalls();
                    }
                    return caller;
                },
                counted -> work.get(),
                gatewayCalls::remove);
    }

    /**
     * Begins a call, which counts until it is released. Throws {@code TOO_MANY_CALLS} as {@link #call}.
     *
     * @param streams compensates the pool that the call uses for the connection of a stream
     */
    public OpenCall begin(Caller caller, String service, ConnectionBudget streams) {
        var key = new CallerAndService(caller, service);
        int limit = key.caller().sessionId() == null ? limits.maxCallsPerAddress() : limits.maxCallsPerSession();
        if (!calls.tryAdd(key, limit)) {
            throw tooManyCalls();
        }
        CallsOfLoop loopKey = new CallsOfLoop(key, Thread.currentThread());
        if (!callsOfLoops.tryAdd(loopKey, Math.max(1, budget.perLoop() / 2))) {
            calls.remove(key);
            throw tooManyCalls();
        }
        return new OpenCall(this, loopKey, streams);
    }

    private static PortcullisException tooManyCalls() {
        return PortcullisException.retryLater(ErrorCode.TOO_MANY_CALLS, CALL_RETRY_AFTER);
    }

    /**
     * Counts the call as a stream instead of a call. Throws {@code TOO_MANY_STREAMS} if the caller or the service has too
     * many, and the error of the session's end if the session has ended since the call was admitted. Returns the task that ends the
     * stream.
     */
    Runnable beginStream(CallsOfLoop call, String service, ConnectionBudget pool) {
        Caller caller = call.calls().caller();
        requireAlive(caller);
        int limit = caller.sessionId() == null ? limits.maxPerAddress() : limits.maxPerSession();
        if (!streams.tryAdd(caller, limit)) {
            throw PortcullisException.retryLater(ErrorCode.TOO_MANY_STREAMS, STREAM_RETRY_AFTER);
        }
        if (!streamsByService.tryAdd(service, limits.maxPerService())) {
            streams.remove(caller);
            throw PortcullisException.retryLater(ErrorCode.TOO_MANY_STREAMS, STREAM_RETRY_AFTER);
        }
        end(call);
        Runnable end = pool.allowStream(service);
        return () -> {
            streams.remove(caller);
            streamsByService.remove(service);
            end.run();
        };
    }

    /** Throws the error of the session's end if the caller's session has ended lately. */
    void requireAlive(Caller caller) {
        if (caller.sessionId() != null) {
            recentEnds.requireAlive(caller.sessionId());
        }
    }

    /** Stops counting the call. Called when the call ends or becomes a stream. */
    void end(CallsOfLoop key) {
        calls.remove(key.calls());
        callsOfLoops.remove(key);
    }

    /** Returns the number of calls that the caller has in flight to the service, without streams. */
    int calls(Caller caller, String service) {
        return calls.of(new CallerAndService(caller, service));
    }

    /** Returns whether neither a call nor a stream is counted. */
    boolean isEmpty() {
        return calls.keys() == 0
                && gatewayCalls.keys() == 0
                && callsOfLoops.keys() == 0
                && streams.keys() == 0
                && streamsByService.keys() == 0;
    }

    /** The key of the call counters: each caller has a separate limit for each service. */
    record CallerAndService(Caller caller, String service) {}

    /**
     * The key of the counters for each event loop. The calls of one caller to one service that begin on one event loop use
     * the connection pool of that loop.
     *
     * @param loop the thread of the event loop
     */
    record CallsOfLoop(CallerAndService calls, Thread loop) {}
}
