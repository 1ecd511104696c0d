package io.portcullis.gateway.stream;

import io.portcullis.gateway.authentication.CurrentIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Lists WebSockets. One that is closed gets a close frame with the status (RFC 6455, 7.4); the service behind it too. */
public final class TrackingWebSocketService implements WebSocketService {
    private final WebSocketService service;
    private final OpenStreams streams;

    public TrackingWebSocketService(WebSocketService service, OpenStreams streams) {
        this.service = service;
        this.streams = streams;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        return service.handleRequest(exchange, new Tracked(handler, streams, CurrentIdentity.sessionIdOf(exchange)));
    }

    private record Tracked(
            WebSocketHandler handler,
            OpenStreams streams,
            @Nullable String sessionId) implements WebSocketHandler {
        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        /** The frame is on its way before the handler is cancelled, which would close the connection without one. */
        @Override
        public Mono<Void> handle(WebSocketSession session) {
            return streams.<Void>track(
                            sessionId,
                            close -> Mono.firstWithSignal(handler.handle(session), close.flatMap(session::close)))
                    .then();
        }
    }
}
