package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.authentication.RouteRules;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * All that a route says, read once.
 *
 * @param origin scheme, host and port of the service
 * @param path makes the path that the service sees
 * @param responseTimeout how long the service may take to begin its answer, null for as long as it likes
 * @param client has the route's time-outs
 */
record FastRoute(
        String id,
        String origin,
        RouteRules rules,
        UnaryOperator<String> path,
        HeaderEdits requestHeaders,
        HeaderEdits responseHeaders,
        boolean preserveHost,
        @Nullable Duration responseTimeout,
        HttpClient client,
        RouteTimers timers) {

    HttpClient.RequestSender request(HttpMethod method, RequestTarget target) {
        return client.request(method).uri(URI.create(origin + path.apply(target.path()) + target.query()));
    }
}
