package io.portcullis.gateway.fastpath;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.gateway.authentication.Admission;
import io.portcullis.gateway.authentication.BearerTokenResolver;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.RouteAccess;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemAnswers;
import io.portcullis.gateway.stream.Caller;
import io.portcullis.gateway.stream.OpenCalls;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.PathContainer;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Stands before Spring's handler and takes the requests that need nothing of it: those of plain form, on a route whose predicates
 * and filters are understood here. It lets requests pass by {@link RouteAccess}, proxies, and answers failures as the filter chain
 * does; what it does not take goes on to Spring as if it were not there.
 */
public final class FastPath {
    private static final Logger log = LoggerFactory.getLogger(FastPath.class);
    private static final AttributeKey<FastRequest> TAKEN = AttributeKey.valueOf(FastPath.class, "taken");
    /** The others have answers of their own to some of them, such as CORS to OPTIONS. */
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final RouteTable routes;
    private final RouteAccess access;
    private final CorsRules cors;
    private final UpstreamExchange upstream;
    private final ProblemWriter problems;
    private final OpenCalls calls;
    private final ClientAddressResolver addresses;
    private final LongAdder count = new LongAdder();

    public FastPath(
            RouteTable routes,
            RouteAccess access,
            CorsRules cors,
            OpenCalls calls,
            ClientAddressResolver addresses,
            UpstreamExchange upstream,
            ProblemAnswers problems) {
        this.routes = routes;
        this.access = access;
        this.cors = cors;
        this.calls = calls;
        this.addresses = addresses;
        this.upstream = upstream;
        this.problems = new ProblemWriter(problems);
    }

    /**
     * Adds itself to the handlers of a server. Not a {@code NettyRouteProvider}, which Boot would add to the server although the
     * fast path is off.
     */
    @CanIgnoreReturnValue
    public HttpServerRoutes addTo(HttpServerRoutes handlers) {
        return handlers.route(this::takes, this::handle);
    }

    /** Keeps what was found for {@link #handle}, which follows at once; a connection has one request at a time. */
    private boolean takes(HttpServerRequest request) {
        boolean[] taken = new boolean[1];
        request.withConnection(connection -> {
            FastRequest found = findSafely(request, connection.channel().eventLoop());
            connection.channel().attr(TAKEN).set(found);
            taken[0] = found != null;
        });
        return taken[0];
    }

    /** How many requests were taken. */
    public long count() {
        return count.sum();
    }

    /** A filter's pattern may fail on a path that nobody thought of: the filter chain has an answer to that. */
    private @Nullable FastRequest findSafely(HttpServerRequest request, EventExecutor loop) {
        try {
            return find(request, loop);
        } catch (RuntimeException e) {
            log.debug("A request takes the filter chain", e);
            return null;
        }
    }

    private @Nullable FastRequest find(HttpServerRequest request, EventExecutor loop) {
        HttpMethod method = request.method();
        if (!METHODS.contains(method) || !HttpVersion.HTTP_1_1.equals(request.version())) {
            return null;
        }
        RequestTarget target = RequestTarget.parse(request.uri());
        if (target == null || !RequestHeaders.arePlain(request.requestHeaders())) {
            return null;
        }
        FastRoute route = routes.fast().find(target, method);
        return route == null ? null : taken(request, target, route, loop);
    }

    /** The filter chain refuses pages of other origins. */
    private CorsRules.Decision corsDecision(HttpMethod method, RequestTarget target, HttpHeaders headers) {
        return cors.isEmpty()
                ? CorsRules.Decision.NO_RULE
                : cors.decide(
                        PathContainer.parsePath(target.path()),
                        method.name(),
                        headers.get(HttpHeaderNames.ORIGIN),
                        headers.get(HttpHeaderNames.HOST));
    }

    private @Nullable FastRequest taken(
            HttpServerRequest request, RequestTarget target, FastRoute route, EventExecutor loop) {
        HttpMethod method = request.method();
        HttpHeaders headers = request.requestHeaders();
        boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        boolean usuallyWithout = method.equals(HttpMethod.GET) || method.equals(HttpMethod.DELETE);
        if (chunked && usuallyWithout) {
            return null;
        }
        RequestTarget upstream = target.withPath(route.effects().path(target.path()));
        if (upstream == null) {
            return null;
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        boolean hasBody = chunked || (length != null && !length.equals("0"));
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        String token = authorization == null ? null : BearerTokenResolver.tokenOf(authorization);
        if (token != null && token.isEmpty()) {
            token = null;
        }
        CorsRules.Decision decision = corsDecision(method, target, headers);
        if (!decision.allowed() || (token != null && !BearerTokenResolver.isWellFormed(token))) {
            return null;
        }
        return new FastRequest(request, method, target, upstream, route, token, hasBody, decision.headers(), loop);
    }

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        FastRequest[] taken = new FastRequest[1];
        request.withConnection(
                connection -> taken[0] = connection.channel().attr(TAKEN).getAndSet(null));
        FastRequest fast = taken[0];
        count.increment();
        fast.cors().forEach(response.responseHeaders()::add);
        return proxied(fast, response).onErrorResume(failure -> problems.write(failure, fast, response));
    }

    private Mono<Void> proxied(FastRequest fast, HttpServerResponse response) {
        return access.decide(fast.route().rules(), fast, admission -> counted(fast, admission, response));
    }

    private Mono<Void> counted(FastRequest fast, Admission admission, HttpServerResponse response) {
        return calls.call(
                callerOf(admission, fast.request()),
                fast.route().service(),
                call -> upstream.run(fast, admission, call, response));
    }

    private Caller callerOf(Admission admission, HttpServerRequest request) {
        if (admission instanceof Admission.Identified identified) {
            return Caller.of(identified.identity().sessionId(), "");
        }
        List<String> forwardedFor = request.requestHeaders().getAll(ClientAddressResolver.FORWARDED_FOR);
        return Caller.of(null, addresses.resolve(request.remoteAddress(), forwardedFor));
    }
}
