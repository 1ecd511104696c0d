package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.gateway.authentication.RouteAccess;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * A request that takes the fast path.
 *
 * @param request as the server has it
 * @param upstream path and query that the service sees
 * @param token what was presented as a bearer token, well formed, null for none
 * @param hasBody whether the client sends one
 * @param cors headers of the answer for pages of other origins
 * @param loop of its connection
 */
record FastRequest(
        HttpServerRequest request,
        HttpMethod method,
        RequestTarget target,
        RequestTarget upstream,
        FastRoute route,
        @Nullable String token,
        boolean hasBody,
        Map<String, String> cors,
        EventExecutor loop)
        implements RouteAccess.TokenSource {
    @Override
    public String toString() {
        return "FastRequest[" + method + " " + target.path() + ", route=" + route.id() + "]";
    }
}
