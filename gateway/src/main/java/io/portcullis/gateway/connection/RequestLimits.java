package io.portcullis.gateway.connection;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemResponses;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Refuses requests with an unknown method, with TRACE, or with too many header lines, before Spring's dispatcher. An unknown
 * method (501, RFC 9110 section 15.6.2) would create meters that are never removed. With TRACE (405) a service that echoes the
 * request would show the identity headers to the client. The limit on header lines (431, RFC 6585 section 5) exists because
 * reading all headers takes time quadratic in their number.
 */
public final class RequestLimits {
    /** The same limit as in Tomcat and Apache httpd. */
    static final int MAX_HEADER_LINES = 100;

    private static final Set<HttpMethod> METHODS = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);

    private static final String ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final RefusalResponses responses;

    public RequestLimits(ProblemResponses problems, CorsRules cors) {
        this.responses = new RefusalResponses(problems, cors);
    }

    /** Adds itself to the handlers of a server; the first handler that takes a request answers it. */
    @CanIgnoreReturnValue
    public HttpServerRoutes addTo(HttpServerRoutes handlers) {
        return handlers.route(request -> refusal(request) != null, this::refuse);
    }

    private static @Nullable ErrorCode refusal(HttpServerRequest request) {
        if (!METHODS.contains(request.method())) {
            return request.method().equals(HttpMethod.TRACE) ? ErrorCode.METHOD_NOT_ALLOWED : ErrorCode.NOT_IMPLEMENTED;
        }
        return request.requestHeaders().size() > MAX_HEADER_LINES ? ErrorCode.HEADERS_TOO_LARGE : null;
    }

    private Mono<Void> refuse(HttpServerRequest request, HttpServerResponse response) {
        ErrorCode refusal = refusal(request);
        if (refusal == ErrorCode.METHOD_NOT_ALLOWED) {
            response.header(HttpHeaderNames.ALLOW, ALLOW);
        }
        return responses.write(
                PortcullisException.of(refusal == null ? ErrorCode.BAD_REQUEST : refusal),
                RefusalResponses.Head.of(request.method().name(), request.uri(), request.requestHeaders()),
                response);
    }
}
