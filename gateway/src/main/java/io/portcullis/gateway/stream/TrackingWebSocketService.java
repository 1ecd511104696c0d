package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Registers WebSockets with {@link OpenStreams}. When the gateway closes a WebSocket, both the client and the service receive a
 * close frame with the status (RFC 6455 section 7.4).
 */
final class TrackingWebSocketService implements WebSocketService {
    private final WebSocketService service;
    private final OpenStreams streams;

    TrackingWebSocketService(WebSocketService service, OpenStreams streams) {
        this.service = service;
        this.streams = streams;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        return Mono.defer(() -> {
            EventStreamGlobalFilter.countAsStream(exchange);
            Channel client = EventStreamGlobalFilter.channelOf(exchange.getResponse());
            var tracked = new TrackedHandler(handler, streams, Admission.of(exchange), OpenCall.of(exchange), client);
            return service.handleRequest(exchange, tracked);
        });
    }

    private record TrackedHandler(
            WebSocketHandler handler,
            OpenStreams streams,
            Admission admission,
            @Nullable OpenCall call,
            @Nullable Channel client)
            implements WebSocketHandler {
        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        /**
         * Writes the close frame on the event loop of the client connection, and does not cancel the write when the
         * handler ends. On cancellation reactor-netty would release the frame, and the connection would close without
         * one.
         */
        @Override
        public Mono<Void> handle(WebSocketSession session) {
            Scheduler loop = client == null ? Schedulers.immediate() : Schedulers.fromExecutor(client.eventLoop());
            RelayedWebSocket relay = new RelayedWebSocket(session);
            WebSocketSession paced = new BackpressuredWebSocketSession(session, relay, client);
            Mono<Void> relayed = handler.handle(paced).contextWrite(relay::in);
            Mono<Void> tracked = streams.<Void>track(admission, close -> {
                        Mono<Void> closed = close.publishOn(loop)
                                .doOnNext(how -> limitClose())
                                .flatMap(how -> relay.close(how.status()))
                                .cache();
                        return Mono.firstWithSignal(relayed, closed);
                    })
                    .then();
            return call == null ? tracked : call.releaseAfter(tracked);
        }

        private void limitClose() {
            if (client != null) {
                ConnectionClose.inAnyCase(client);
            }
        }
    }
}
