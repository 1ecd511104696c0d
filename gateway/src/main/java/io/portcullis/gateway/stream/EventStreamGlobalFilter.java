package io.portcullis.gateway.stream;

import io.portcullis.gateway.authentication.CurrentIdentity;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lists proxied responses that are streams: those which the gateway flushes piece by piece, by their media type. To the client
 * one that is closed ends as if the service had ended it.
 */
public final class EventStreamGlobalFilter implements GlobalFilter, Ordered {
    /** After the authentication, and before what writes the response. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 200;

    private final OpenStreams streams;

    public EventStreamGlobalFilter(OpenStreams streams) {
        this.streams = streams;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        var response = new Tracked(exchange.getResponse(), streams, CurrentIdentity.sessionIdOf(exchange));
        return chain.filter(exchange.mutate().response(response).build());
    }

    private static final class Tracked extends ServerHttpResponseDecorator {
        private final OpenStreams streams;
        private final @Nullable String sessionId;

        Tracked(ServerHttpResponse response, OpenStreams streams, @Nullable String sessionId) {
            super(response);
            this.streams = streams;
            this.sessionId = sessionId;
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return super.writeAndFlushWith(streams.<Publisher<? extends DataBuffer>>track(
                    sessionId,
                    close -> Flux.<Publisher<? extends DataBuffer>>from(body).takeUntilOther(close)));
        }
    }
}
