package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that takes the short way.
 *
 * @param upstream path and query that the service sees
 * @param token what was presented as a bearer token, well formed, null for none
 * @param hasBody whether the client sends one
 * @param cors headers of the answer for pages of other origins
 * @param loop of its connection
 */
record FastRequest(
        HttpMethod method,
        RequestTarget target,
        RequestTarget upstream,
        FastRoute route,
        @Nullable String token,
        boolean hasBody,
        Map<String, String> cors,
        EventExecutor loop) {
    @Override
    public String toString() {
        return "FastRequest[" + method + " " + target.path() + ", route=" + route.id() + "]";
    }
}
