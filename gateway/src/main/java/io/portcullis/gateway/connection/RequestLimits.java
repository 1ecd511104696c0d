package io.portcullis.gateway.connection;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemAnswers;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Answers the requests that no handler behind this one should see, before Spring counts them. Those of an unknown method are 501
 * (RFC 9110 section 15.6.2), since each method would make meters that are never removed. TRACE is 405, since a service that echoes
 * the request would show the client the identity headers. Those with more header lines than any client needs are 431 (RFC 6585
 * section 5), since a look at all headers costs the square of their number.
 */
public final class RequestLimits {
    /** As Tomcat and Apache httpd have it. */
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

    private final RefusalAnswers answers;

    public RequestLimits(ProblemAnswers problems, CorsRules cors) {
        this.answers = new RefusalAnswers(problems, cors);
    }

    /** Adds itself to the handlers of a server; the first handler that takes a request answers it. */
    @CanIgnoreReturnValue
    public HttpServerRoutes addTo(HttpServerRoutes handlers) {
        return handlers.route(request -> refusal(request) != null, this::answer);
    }

    private static @Nullable ErrorCode refusal(HttpServerRequest request) {
        if (!METHODS.contains(request.method())) {
            return request.method().equals(HttpMethod.TRACE) ? ErrorCode.METHOD_NOT_ALLOWED : ErrorCode.NOT_IMPLEMENTED;
        }
        return request.requestHeaders().size() > MAX_HEADER_LINES ? ErrorCode.HEADERS_TOO_LARGE : null;
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        ErrorCode refusal = refusal(request);
        if (refusal == ErrorCode.METHOD_NOT_ALLOWED) {
            response.header(HttpHeaderNames.ALLOW, ALLOW);
        }
        return answers.write(
                PortcullisException.of(refusal == null ? ErrorCode.BAD_REQUEST : refusal),
                RefusalAnswers.Head.of(request.method().name(), request.uri(), request.requestHeaders()),
                response);
    }
}
