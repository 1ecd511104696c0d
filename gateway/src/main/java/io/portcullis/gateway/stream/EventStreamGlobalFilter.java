package io.portcullis.gateway.stream;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.netty.channel.Channel;
import io.portcullis.gateway.connection.BackpressuredBody;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Applies back-pressure to proxied responses in the filter chain, and registers streamed ones with {@link OpenStreams}. A
 * response is a stream if the gateway flushes its parts separately, which depends on its media type. A response of another media
 * type without {@code Content-Length} is registered as well, for as long as it lasts.
 */
final class EventStreamGlobalFilter implements GlobalFilter, Ordered {
    /** Runs after the authentication filter, and before the filters that write the response. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 200;

    private final OpenStreams streams;

    EventStreamGlobalFilter(OpenStreams streams) {
        this.streams = streams;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        var response = new TrackedResponse(exchange, streams);
        return chain.filter(exchange.mutate().response(response).build());
    }

    /**
     * Counts the call as a stream. Must be called before the response head is sent, so that a stream beyond the limit is
     * answered with 429, and a stream of a session that has ended meanwhile with 401.
     */
    private static void countAsStream(ServerWebExchange exchange) {
        OpenCall call = OpenCall.of(exchange);
        URI target = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
        if (call != null && target != null) {
            call.becomeStream(OpenCalls.serviceOf(target));
        }
    }

    private static final class TrackedResponse extends ServerHttpResponseDecorator {
        private final OpenStreams streams;
        private final ServerWebExchange exchange;
        /** The channel of the client, null if the response is not one of reactor-netty. */
        private final @Nullable Channel client;

        TrackedResponse(ServerWebExchange exchange, OpenStreams streams) {
            super(exchange.getResponse());
            this.exchange = exchange;
            this.streams = streams;
            this.client = ClientChannel.of(exchange.getResponse());
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return body instanceof Mono || client == null
                    ? super.writeWith(body)
                    : super.writeWith(BackpressuredBody.<DataBuffer>of(tracked(body), client));
        }

        /** Registers a body whose length the service does not tell. */
        private Publisher<? extends DataBuffer> tracked(Publisher<? extends DataBuffer> body) {
            return getHeaders().getContentLength() >= 0
                    ? body
                    : streams.<DataBuffer>trackUnbounded(Admission.of(exchange), Flux.from(body), client);
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return Mono.defer(() -> {
                countAsStream(exchange);
                return write(body);
            });
        }

        private Mono<Void> write(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            var unwritten = new UnwrittenParts();
            Flux<Publisher<? extends DataBuffer>> tracked =
                    streams.trackBody(Admission.of(exchange), Flux.from(body).map(unwritten::add), client);
            return super.writeAndFlushWith(client == null ? tracked : BackpressuredBody.ofGroups(tracked, client))
                    .doFinally(signal -> unwritten.release());
        }
    }
}
