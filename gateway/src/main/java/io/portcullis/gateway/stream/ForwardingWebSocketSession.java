package io.portcullis.gateway.stream;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
 * A WebSocket session of the gateway with one of its two peers. Its close status is always one that may be sent to the other peer
 * in a close frame, see {@link #relayable}.
 */
class ForwardingWebSocketSession implements WebSocketSession {
    private final WebSocketSession session;

    ForwardingWebSocketSession(WebSocketSession session) {
        this.session = session;
    }

    /**
     * Returns the status to send to the other peer. 1005 and 1006 stand for a close frame without a status and for no close frame,
     * and must not be sent (RFC 6455 section 7.4.1). Spring Cloud Gateway would send 1002 (protocol error) in their place, and in
     * the place of the later statuses 1012 to 1014.
     */
    static CloseStatus relayable(CloseStatus received) {
        return switch (received.getCode()) {
            case 1005 -> CloseStatus.NORMAL;
            case 1012 -> withReason(CloseStatus.GOING_AWAY, received.getReason());
            case 1006, 1013, 1014 -> withReason(CloseStatus.SERVER_ERROR, received.getReason());
            default -> received;
        };
    }

    private static CloseStatus withReason(CloseStatus status, @Nullable String reason) {
        return reason == null || reason.isEmpty() ? status : status.withReason(reason);
    }

    @Override
    public Mono<CloseStatus> closeStatus() {
        return session.closeStatus().map(ForwardingWebSocketSession::relayable);
    }

    @Override
    public Mono<Void> send(Publisher<WebSocketMessage> messages) {
        return session.send(messages);
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
