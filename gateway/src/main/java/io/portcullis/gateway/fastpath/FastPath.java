package io.portcullis.gateway.fastpath;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.authentication.Admission;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.RouteAccess;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemResponses;
import io.portcullis.gateway.route.RouteRules;
import io.portcullis.gateway.stream.Caller;
import io.portcullis.gateway.stream.OpenCalls;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Handles plain proxied requests on the event loop, before Spring's dispatcher (ADR 0012). Takes a request if its form is plain
 * and if the fast path supports all predicates and filters of its route. Checks access with {@link RouteAccess}, proxies the
 * request, and answers failures as the filter chain does. All other requests continue to the filter chain unchanged.
 */
public final class FastPath {
    private static final Logger log = LoggerFactory.getLogger(FastPath.class);
    private static final AttributeKey<FastRequest> ACCEPTED_REQUEST =
            AttributeKey.valueOf(FastPath.class, "acceptedRequest");
    /**
     * The methods that the fast path takes. The filter chain answers some requests with other methods itself, for example
     * CORS preflight requests with OPTIONS.
     */
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final RouteTable routes;
    private final RouteAccess access;
    private final FastCors cors;
    private final UpstreamExchange upstream;
    private final ProblemWriter problems;
    private final OpenCalls calls;
    private final ClientAddressResolver addresses;
    private final CookieMode cookies;
    private final FilterChainHandler filterChain;
    private final LongAdder count = new LongAdder();

    FastPath(
            RouteTable routes,
            RouteAccess access,
            FastCors cors,
            OpenCalls calls,
            ClientAddressResolver addresses,
            UpstreamExchange upstream,
            ProblemResponses problems,
            CookieMode cookies,
            FilterChainHandler filterChain) {
        this.routes = routes;
        this.access = access;
        this.cors = cors;
        this.calls = calls;
        this.addresses = addresses;
        this.upstream = upstream;
        this.problems = new ProblemWriter(problems);
        this.cookies = cookies;
        this.filterChain = filterChain;
    }

    /** Handles a request in Spring's filter chain. */
    @FunctionalInterface
    public interface FilterChainHandler {
        /** Completes when the response has been written. */
        Mono<Void> handle(HttpServerRequest request, HttpServerResponse response);
    }

    /**
     * Registers the fast path with the handlers of a server. This class is no {@code NettyRouteProvider}, because Spring
     * Boot would register such a bean even when the fast path is switched off.
     */
    @CanIgnoreReturnValue
    public HttpServerRoutes addTo(HttpServerRoutes handlers) {
        return handlers.route(this::accepts, this::handle);
    }

    /**
     * Returns whether the fast path takes the request. Stores the {@link FastRequest} in the channel for {@link #handle},
     * which reactor-netty calls next. The attribute cannot be overwritten in between, because a connection handles one
     * request at a time.
     */
    private boolean accepts(HttpServerRequest request) {
        boolean[] accepted = new boolean[1];
        request.withConnection(connection -> {
            FastRequest found = findSafely(request, connection.channel().eventLoop());
            connection.channel().attr(ACCEPTED_REQUEST).set(found);
            accepted[0] = found != null;
        });
        return accepted[0];
    }

    /** Returns the number of requests that the fast path has taken. */
    public long count() {
        return count.sum();
    }

    /**
     * Treats an exception as "not taken". A filter's regular expression may fail on an unusual path, and the filter chain
     * then answers the request.
     */
    private @Nullable FastRequest findSafely(HttpServerRequest request, EventExecutor loop) {
        try {
            return find(request, loop);
        } catch (RuntimeException e) {
            log.debug("Cannot take the fast path, the request continues to the filter chain", e);
            return null;
        }
    }

    private @Nullable FastRequest find(HttpServerRequest request, EventExecutor loop) {
        HttpMethod method = request.method();
        if (!METHODS.contains(method) || !HttpVersion.HTTP_1_1.equals(request.version())) {
            return null;
        }
        RequestTarget target = RequestTarget.parse(request.uri());
        if (target == null || !RequestHeaders.areSimple(request.requestHeaders(), cookies)) {
            return null;
        }
        FastRoute route = routes.fast().find(target, method);
        return route == null ? null : toFastRequest(request, target, route, loop);
    }

    private @Nullable FastRequest toFastRequest(
            HttpServerRequest request, RequestTarget target, FastRoute route, EventExecutor loop) {
        HttpMethod method = request.method();
        HttpHeaders headers = request.requestHeaders();
        boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        boolean usuallyBodyless = method.equals(HttpMethod.GET) || method.equals(HttpMethod.DELETE);
        if (chunked && usuallyBodyless) {
            return null;
        }
        RequestTarget upstream = target.withPath(route.effects().path(target.path()));
        if (upstream == null) {
            return null;
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        boolean hasBody = chunked || (length != null && !length.equals("0"));
        FastCredential credential = FastCredential.find(headers, method, route.rules(), cookies);
        CorsRules.Decision decision = cors.decide(request, target);
        if (!decision.allowed() || credential == null) {
            return null;
        }
        return new FastRequest(
                request,
                method,
                target,
                upstream,
                route,
                credential.token(),
                credential.cookie(),
                hasBody,
                decision.headers(),
                loop,
                addresses);
    }

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        FastRequest[] accepted = new FastRequest[1];
        request.withConnection(connection ->
                accepted[0] = connection.channel().attr(ACCEPTED_REQUEST).getAndSet(null));
        FastRequest fast = accepted[0];
        count.increment();
        fast.cors().forEach(response.responseHeaders()::add);
        return authorize(fast, response).onErrorResume(failure -> problems.write(failure, fast, response));
    }

    private Mono<Void> authorize(FastRequest fast, HttpServerResponse response) {
        RouteRules rules = fast.route().rules();
        if (!fast.cookie()) {
            return access.decide(rules, fast, admission -> proxyWithinLimits(fast, admission, response));
        }
        AtomicBoolean admitted = new AtomicBoolean();
        return access.decide(rules, fast, admission -> {
                    admitted.set(true);
                    return proxyWithinLimits(fast, admission, response);
                })
                .onErrorResume(
                        failure -> !admitted.get() && isRefusal(failure), refused -> inFilterChain(fast, response));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof PortcullisException known && known.code().httpStatus() == 401;
    }

    /** Hands over a request whose access token was refused, because only the filter chain refreshes a session. */
    private Mono<Void> inFilterChain(FastRequest fast, HttpServerResponse response) {
        fast.cors().keySet().forEach(response.responseHeaders()::remove);
        return filterChain.handle(fast.request(), response);
    }

    private Mono<Void> proxyWithinLimits(FastRequest fast, Admission admission, HttpServerResponse response) {
        return calls.call(
                callerOf(admission, fast),
                fast.route().service(),
                call -> upstream.proxy(fast, admission, call, response));
    }

    private static Caller callerOf(Admission admission, FastRequest fast) {
        if (admission instanceof Admission.Identified identified) {
            return Caller.of(identified.identity().sessionId(), "");
        }
        return Caller.of(null, fast.clientAddress());
    }
}
