package io.portcullis.gateway.connection;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemResponses;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** Refuses malformed and ambiguous requests on a server's connections, with the same answers as all other failures. */
public final class RequestRefuser {
    private static final Logger log = LoggerFactory.getLogger(RequestRefuser.class);

    private final RefusalResponses responses;

    RequestRefuser(ProblemResponses problems, CorsRules cors) {
        this.responses = new RefusalResponses(problems, cors);
    }

    /** Adds the checks to a server. {@link #addTo} must be called for it too. */
    public static HttpServer check(HttpServer server) {
        return RequestNormaliser.on(server);
    }

    /** Returns whether a request stands for a refused one, which this class answers. */
    public static boolean isSubstitute(HttpRequest request) {
        return request instanceof RequestNormaliser.Substitute;
    }

    /** Returns the method that the client sent, also of a refused request. */
    public static String methodOf(HttpRequest request) {
        return isSubstitute(request)
                ? RequestNormaliser.headOf(request.headers()).method()
                : request.method().name();
    }

    /** Returns the raw path that the client sent, also of a refused request; null if the request has no valid target. */
    public static @Nullable String pathOf(HttpRequest request) {
        if (isSubstitute(request)) {
            return RequestNormaliser.headOf(request.headers()).path();
        }
        int query = request.uri().indexOf('?');
        return query < 0 ? request.uri() : request.uri().substring(0, query);
    }

    /**
     * Returns the server with a handler on each HTTP/1 connection and each HTTP/2 stream, which sees the requests that the checks have passed
     * or replaced, one at a time.
     */
    public static HttpServer addBehindChecks(HttpServer server, String name, Supplier<ChannelHandler> handlers) {
        HttpServer http1 = NegotiatedProtocol.onHttp1(
                server, channel -> RequestNormaliser.addBehind(channel, name, handlers.get()));
        return Http2Streams.onEachStream(
                http1, stream -> Http2RequestNormaliser.addBehind(stream.pipeline(), name, handlers.get()));
    }

    /** Adds the answers to the handlers of a server, before all other handlers. */
    @CanIgnoreReturnValue
    public HttpServerRoutes addTo(HttpServerRoutes handlers) {
        return handlers.route(request -> request.requestHeaders().contains(RequestNormaliser.REFUSAL), this::refuse);
    }

    private Mono<Void> refuse(HttpServerRequest request, HttpServerResponse response) {
        Refusal refusal = Refusal.valueOf(request.requestHeaders().get(RequestNormaliser.REFUSAL));
        log.debug("A request from {} is refused: {}", request.remoteAddress(), refusal);
        return responses.write(refusal.failure(), RequestNormaliser.headOf(request.requestHeaders()), response);
    }
}
