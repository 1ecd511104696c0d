package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.origin.Origin;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

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
    CorsRules.Decision decide(ClientHead head, RequestTarget target) {
        return rules.isEmpty()
                ? CorsRules.Decision.NO_RULE
                : rules.decide(
                        PathContainer.parsePath(target.path()),
                        head.method().name(),
                        head.headers().getAll(HttpHeaderNames.ORIGIN),
                        () -> ownOrigin(head, target));
    }

    private @Nullable Origin ownOrigin(ClientHead head, RequestTarget target) {
        return forwarded.originOf(RequestHeaders.received(head, target.path(), forwarded), head.peer(), head.scheme());
    }
}
