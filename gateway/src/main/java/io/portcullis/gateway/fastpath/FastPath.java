package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.connection.RequestRefuser;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cors.CorsRules;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which requests take the fast path (ADR 0012, ADR 0033): those whose form is plain, on a route of which the fast path supports all
 * predicates and filters. All other requests continue to the filter chain unchanged.
 */
public final class FastPath {
    private static final Logger log = LoggerFactory.getLogger(FastPath.class);

    /**
     * The methods that the fast path takes. The filter chain answers some requests with other methods itself, for example
     * CORS preflight requests with OPTIONS.
     */
    private static final Set<HttpMethod> METHODS = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);
    /** A request with one of these methods and a body is rare, and is left to the filter chain if the body is chunked. */
    private static final Set<HttpMethod> USUALLY_BODYLESS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

    private final RouteTable routes;
    private final FastCors cors;
    private final ClientAddressResolver addresses;
    private final CookieMode cookies;
    private final LongAdder count = new LongAdder();

    FastPath(RouteTable routes, FastCors cors, ClientAddressResolver addresses, CookieMode cookies) {
        this.routes = routes;
        this.cors = cors;
        this.addresses = addresses;
        this.cookies = cookies;
    }

    /** Returns the number of requests that the fast path has taken. */
    public long count() {
        return count.sum();
    }

    /**
     * Returns the request if the fast path takes it, otherwise null. Treats an exception as "not taken": a filter's regular expression may
     * fail on an unusual path, and the filter chain then answers the request.
     */
    @Nullable
    FastRequest take(ClientHead head) {
        FastRequest found;
        try {
            found = find(head);
        } catch (RuntimeException e) {
            log.debug("Cannot take the fast path, the request continues to the filter chain", e);
            return null;
        }
        if (found != null) {
            count.increment();
        }
        return found;
    }

    private @Nullable FastRequest find(ClientHead head) {
        HttpRequest request = head.request();
        boolean plain = METHODS.contains(request.method())
                && HttpVersion.HTTP_1_1.equals(request.protocolVersion())
                && !RequestRefuser.isSubstitute(request);
        if (!plain) {
            return null;
        }
        RequestTarget target = RequestTarget.parse(request.uri());
        if (target == null || !RequestHeaders.areSimple(request.headers(), cookies)) {
            return null;
        }
        FastRoute route = routes.fast().find(target, request.method());
        return route == null ? null : onRoute(head, target, route);
    }

    private @Nullable FastRequest onRoute(ClientHead head, RequestTarget target, FastRoute route) {
        HttpMethod method = head.method();
        HttpHeaders headers = head.headers();
        if (USUALLY_BODYLESS.contains(method) && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return null;
        }
        RequestTarget upstream = target.withPath(route.effects().path(target.path()));
        if (upstream == null) {
            return null;
        }
        FastCredential credential = FastCredential.find(headers, method, route.rules(), cookies);
        CorsRules.Decision decision = cors.decide(head, target);
        return !decision.allowed() || credential == null
                ? null
                : new FastRequest(
                        head,
                        target,
                        upstream,
                        route,
                        credential.token(),
                        credential.cookie(),
                        decision.headers(),
                        addresses);
    }
}
