package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import io.portcullis.gateway.connection.BackpressuredBody;
import java.util.Map;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The WebSocket session of a client, with back-pressure by bytes. Messages of the service are requested only while the client's channel
 * is below its high water mark (docs/adr/0019). Without this class reactor-netty keeps 128 messages, of up to 64 KB each, for a
 * client that reads nothing.
 */
record BackpressuredWebSocketSession(WebSocketSession session, Channel client) implements WebSocketSession {
    @Override
    public Mono<Void> send(Publisher<WebSocketMessage> messages) {
        return session.send(BackpressuredBody.of(messages, client));
    }

    @Override
    public String getId() {
        return session.getId();
    }

    @Override
    public HandshakeInfo getHandshakeInfo() {
        return session.getHandshakeInfo();
    }

    @Override
    public DataBufferFactory bufferFactory() {
        return session.bufferFactory();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return session.getAttributes();
    }

    @Override
    public Flux<WebSocketMessage> receive() {
        return session.receive();
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public Mono<Void> close(CloseStatus status) {
        return session.close(status);
    }

    @Override
    public Mono<CloseStatus> closeStatus() {
        return session.closeStatus();
    }

    @Override
    public WebSocketMessage textMessage(String payload) {
        return session.textMessage(payload);
    }

    @Override
    public WebSocketMessage binaryMessage(Function<DataBufferFactory, DataBuffer> payload) {
        return session.binaryMessage(payload);
    }

    @Override
    public WebSocketMessage pingMessage(Function<DataBufferFactory, DataBuffer> payload) {
        return session.pingMessage(payload);
    }

    @Override
    public WebSocketMessage pongMessage(Function<DataBufferFactory, DataBuffer> payload) {
        return session.pongMessage(payload);
    }
}
