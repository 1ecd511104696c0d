package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.origin.Origin;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import reactor.netty.http.server.HttpServerRequest;

/** Applies {@link CorsRules} to requests of the fast path. */
final class FastCors {
    private final CorsRules rules;
    private final ForwardedHeaders forwarded;

    FastCors(CorsRules rules, ForwardedHeaders forwarded) {
        this.rules = rules;
        this.forwarded = forwarded;
    }

    /**
     * Returns the decision for the request. A request from an origin that is not allowed must continue to the filter chain, which
     * refuses it.
     */
    CorsRules.Decision decide(HttpServerRequest request, RequestTarget target) {
        return rules.isEmpty()
                ? CorsRules.Decision.NO_RULE
                : rules.decide(
                        PathContainer.parsePath(target.path()),
                        request.method().name(),
                        request.requestHeaders().getAll(HttpHeaderNames.ORIGIN),
                        () -> ownOrigin(request, target));
    }

    private @Nullable Origin ownOrigin(HttpServerRequest request, RequestTarget target) {
        return forwarded.originOf(
                RequestHeaders.received(request, target.path(), forwarded), request.remoteAddress(), request.scheme());
    }
}
