package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import io.portcullis.gateway.connection.BackpressuredBody;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The WebSocket session of a client, with back-pressure by bytes. Messages of the service are requested only while the client's channel
 * is below its high water mark (docs/adr/0019). Without this class reactor-netty keeps 128 messages, of up to 64 KB each, for a
 * client that reads nothing.
 */
final class BackpressuredWebSocketSession extends ForwardingWebSocketSession {
    private final RelayedWebSocket relay;
    private final @Nullable Channel client;

    /** @param client the channel of the client; null if the session is not one of reactor-netty */
    BackpressuredWebSocketSession(WebSocketSession session, RelayedWebSocket relay, @Nullable Channel client) {
        super(session);
        this.relay = relay;
        this.client = client;
    }

    @Override
    public Mono<Void> send(Publisher<WebSocketMessage> messages) {
        return super.send(client == null ? messages : BackpressuredBody.of(messages, client));
    }

    @Override
    public Flux<WebSocketMessage> receive() {
        return relay.fromClient(super.receive());
    }
}
