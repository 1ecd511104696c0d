package io.portcullis.gateway.websocket;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.gateway.connection.ProtocolSwitch;
import io.portcullis.gateway.stream.Admission;
import io.portcullis.gateway.stream.ClientChannel;
import io.portcullis.gateway.stream.OpenStreams;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.SignalType;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes the response of a service to a WebSocket handshake, and relays the WebSocket if the service has accepted it. Completes when the
 * WebSocket has ended.
 */
final class WebSocketResponseFilter implements GlobalFilter, Ordered {
    private static final String HANDSHAKE = ServiceHandshake.class.getName();

    private final OpenStreams streams;

    WebSocketResponseFilter(OpenStreams streams) {
        this.streams = streams;
    }

    /** Puts the handshake into the exchange for this filter. A route with a filter that tries again replaces an earlier one. */
    static void put(ServerWebExchange exchange, ServiceHandshake handshake) {
        if (exchange.getAttributes().put(HANDSHAKE, handshake) instanceof ServiceHandshake former) {
            former.abort();
        }
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange)
                .then(Mono.defer(() -> {
                    ServiceHandshake handshake = exchange.getAttribute(HANDSHAKE);
                    return handshake == null ? Mono.empty() : respond(exchange, handshake);
                }))
                .doFinally(end -> abortUnlessRelayed(exchange, end));
    }

    /** A response that was replaced by another one has not been read. */
    private static void abortUnlessRelayed(ServerWebExchange exchange, SignalType end) {
        ServiceHandshake handshake = exchange.getAttribute(HANDSHAKE);
        if (handshake != null && !(end == SignalType.ON_COMPLETE && handshake.isAccepted())) {
            handshake.abort();
        }
    }

    private Mono<Void> respond(ServerWebExchange exchange, ServiceHandshake handshake) {
        ServerHttpResponse response = exchange.getResponse();
        if (handshake.isAccepted()) {
            // Runs what must precede the response, such as the cookies of a silent refresh.
            return response.setComplete().then(relay(exchange, handshake));
        }
        var buffers = (NettyDataBufferFactory) response.bufferFactory();
        return response.writeWith(handshake.body().map(buffers::wrap));
    }

    private Mono<Void> relay(ServerWebExchange exchange, ServiceHandshake handshake) {
        return Mono.create(sink -> {
            Channel client = ClientChannel.required(exchange.getResponse());
            client.eventLoop().execute(() -> relay(exchange, handshake, client, sink));
        });
    }

    private void relay(ServerWebExchange exchange, ServiceHandshake handshake, Channel client, MonoSink<Void> end) {
        var webSocket = new RelayedWebSocket(
                streams, Admission.of(exchange), client.eventLoop(), handshake.service(), end::success);
        if (ProtocolSwitch.perform(client, headersOf(exchange.getResponse()), webSocket.client())) {
            webSocket.begin();
        } else {
            handshake.abort();
            end.success();
        }
    }

    /** Returns the headers as the filters of the route and the gateway have left them, without those of a body (RFC 9110 section 8.6). */
    private static HttpHeaders headersOf(ServerHttpResponse response) {
        HttpServerResponse connection = ServerHttpResponseDecorator.getNativeResponse(response);
        return connection
                .responseHeaders()
                .copy()
                .remove(HttpHeaderNames.TRANSFER_ENCODING)
                .remove(HttpHeaderNames.CONTENT_LENGTH);
    }
}
