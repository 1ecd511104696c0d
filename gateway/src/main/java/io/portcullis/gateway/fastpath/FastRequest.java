package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.RouteAccess;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that takes the fast path.
 *
 * @param head the request as it was received
 * @param target the path and query that the client sent
 * @param upstream the path and query that the service receives
 * @param token the well-formed access token of the request, null if there is none
 * @param cookie whether the token is from a cookie of the gateway
 * @param cors the CORS headers to add to the response, empty if there are none
 * @param addresses determines the client's address when the token has passed
 */
record FastRequest(
        ClientHead head,
        RequestTarget target,
        RequestTarget upstream,
        FastRoute route,
        @Nullable String token,
        boolean cookie,
        Map<String, String> cors,
        ClientAddressResolver addresses)
        implements RouteAccess.TokenSource {
    HttpMethod method() {
        return head.method();
    }

    HttpHeaders headers() {
        return head.headers();
    }

    @Override
    public String clientAddress() {
        return addresses.resolve(head.peer(), headers().getAll(ClientAddressResolver.FORWARDED_FOR));
    }

    @Override
    public String toString() {
        return "FastRequest[" + method() + " " + target.path() + ", route=" + route.id() + "]";
    }
}
