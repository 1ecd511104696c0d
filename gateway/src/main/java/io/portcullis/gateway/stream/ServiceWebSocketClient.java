package io.portcullis.gateway.stream;

import java.net.URI;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.WebsocketClientSpec;

/**
 * Opens WebSockets to services. The close status of a service reaches the client as {@link ForwardingWebSocketSession#relayable}
 * says. If the connection to the service is lost without a close frame, the client receives 1011 (server error).
 */
public final class ServiceWebSocketClient implements WebSocketClient {
    private final WebSocketClient client;

    /** Creates a client that connects as the given one does. */
    public ServiceWebSocketClient(ReactorNettyWebSocketClient client) {
        WebsocketClientSpec spec = client.getWebsocketClientSpec();
        this.client = new ReactorNettyWebSocketClient(
                client.getHttpClient().doOnRequest(ServiceWebSocketClient::noteChannel), () -> builder(spec));
    }

    private static void noteChannel(HttpClientRequest request, Connection connection) {
        RelayedWebSocket relay = RelayedWebSocket.of(request.currentContextView());
        if (relay != null) {
            relay.requestedOn(connection.channel());
        }
    }

    private static WebsocketClientSpec.Builder builder(WebsocketClientSpec spec) {
        return WebsocketClientSpec.builder()
                .maxFramePayloadLength(spec.maxFramePayloadLength())
                .handlePing(spec.handlePing())
                .compress(spec.compress());
    }

    @Override
    public Mono<Void> execute(URI url, WebSocketHandler handler) {
        return relayed(handler, relaying -> client.execute(url, relaying));
    }

    @Override
    public Mono<Void> execute(URI url, HttpHeaders headers, WebSocketHandler handler) {
        return relayed(handler, relaying -> client.execute(url, headers, relaying));
    }

    private static Mono<Void> relayed(WebSocketHandler handler, Function<WebSocketHandler, Mono<Void>> execute) {
        return Mono.deferContextual(context -> {
            RelayedWebSocket relay = RelayedWebSocket.of(context);
            return execute.apply(relay == null ? handler : new Handler(handler, relay));
        });
    }

    private record Handler(WebSocketHandler handler, RelayedWebSocket relay) implements WebSocketHandler {
        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            relay.connected(session);
            return handler.handle(new Service(session, relay));
        }
    }

    private static final class Service extends ForwardingWebSocketSession {
        private final RelayedWebSocket relay;

        Service(WebSocketSession session, RelayedWebSocket relay) {
            super(session);
            this.relay = relay;
        }

        @Override
        public Mono<CloseStatus> closeStatus() {
            return super.closeStatus().doOnNext(status -> relay.noteCloseByService());
        }

        @Override
        public Flux<WebSocketMessage> receive() {
            return relay.fromService(super.receive());
        }
    }
}
