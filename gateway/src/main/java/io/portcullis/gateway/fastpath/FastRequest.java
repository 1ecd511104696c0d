package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.RouteAccess;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * A request that takes the fast path.
 *
 * @param request the request as reactor-netty received it
 * @param target the path and query that the client sent
 * @param upstream the path and query that the service receives
 * @param token the well-formed access token of the request, null if there is none
 * @param cookie whether the token is from a cookie of the gateway
 * @param hasBody whether the request announces a body
 * @param cors the CORS headers to add to the response, empty if there are none
 * @param loop the event loop of the client connection
 * @param addresses determines the client's address when the token has passed
 */
record FastRequest(
        HttpServerRequest request,
        HttpMethod method,
        RequestTarget target,
        RequestTarget upstream,
        FastRoute route,
        @Nullable String token,
        boolean cookie,
        boolean hasBody,
        Map<String, String> cors,
        EventExecutor loop,
        ClientAddressResolver addresses)
        implements RouteAccess.TokenSource {
    @Override
    public String clientAddress() {
        return addresses.resolve(
                request.remoteAddress(), request.requestHeaders().getAll(ClientAddressResolver.FORWARDED_FOR));
    }

    @Override
    public String toString() {
        return "FastRequest[" + method + " " + target.path() + ", route=" + route.id() + "]";
    }
}
