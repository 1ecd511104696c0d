package io.portcullis.gateway.stream;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;

/**
 * Opens WebSockets to services. The close status of a service reaches the client as {@link ForwardingWebSocketSession#relayable}
 * says. If the connection to the service is lost without a close frame, the client receives 1011 (server error).
 */
public final class ServiceWebSocketClient implements WebSocketClient {
    private final WebSocketClient client;

    public ServiceWebSocketClient(WebSocketClient client) {
        this.client = client;
    }

    @Override
    public Mono<Void> execute(URI url, WebSocketHandler handler) {
        return client.execute(url, new Handler(handler));
    }

    @Override
    public Mono<Void> execute(URI url, HttpHeaders headers, WebSocketHandler handler) {
        return client.execute(url, headers, new Handler(handler));
    }

    private record Handler(WebSocketHandler handler) implements WebSocketHandler {
        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            return handler.handle(new Service(session));
        }
    }

    private static final class Service extends ForwardingWebSocketSession {
        Service(WebSocketSession session) {
            super(session);
        }

        @Override
        public Mono<CloseStatus> closeStatus() {
            return super.closeStatus().defaultIfEmpty(CloseStatus.SERVER_ERROR);
        }
    }
}
