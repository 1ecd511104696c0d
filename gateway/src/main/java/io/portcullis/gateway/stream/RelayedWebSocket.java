package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The two sides of a proxied WebSocket, for a close that concerns both. Spring Cloud Gateway ends the relay as soon as the
 * messages of one side have ended, which closes the other side without a status. This class lets the messages end only when the
 * close frame has been sent.
 */
final class RelayedWebSocket {
    private final WebSocketSession client;
    private volatile @Nullable WebSocketSession service;
    private volatile @Nullable Channel serviceChannel;
    private volatile boolean closing;
    private volatile boolean closedByService;

    RelayedWebSocket(WebSocketSession client) {
        this.client = client;
    }

    /** Returns the context that passes this object to {@link ServiceWebSocketClient}. */
    Context in(Context context) {
        return context.put(RelayedWebSocket.class, this);
    }

    /** Returns the WebSocket of a context, null if it is not relayed for a client. */
    static @Nullable RelayedWebSocket of(ContextView context) {
        return context.getOrDefault(RelayedWebSocket.class, null);
    }

    /** Notes the channel on which the WebSocket to the service is requested. */
    void requestedOn(Channel channel) {
        serviceChannel = channel;
    }

    void connected(WebSocketSession toService) {
        service = toService;
    }

    void noteCloseByService() {
        closedByService = true;
    }

    /**
     * Sends a close frame with the status to the client and the service, and then closes both connections. The connection to a service
     * that does not take its frame is closed after 500 ms.
     */
    Mono<Void> close(CloseStatus status) {
        closing = true;
        WebSocketSession toService = service;
        return toService == null
                ? client.close(status)
                : Mono.when(client.close(status), closeService(toService, status));
    }

    /** Starts to close, and does not wait: the answer to a logout must not wait for a service. */
    private Mono<Void> closeService(WebSocketSession toService, CloseStatus status) {
        Channel channel = serviceChannel;
        if (channel != null) {
            ConnectionClose.inAnyCase(channel);
        }
        // The cache keeps the close frame from being released when the subscription is cancelled.
        return Mono.firstWithSignal(toService.close(status).cache(), Mono.empty());
    }

    /** Returns the messages of the client, which do not end while the gateway closes the WebSocket. */
    <T> Flux<T> fromClient(Flux<T> messages) {
        return messages.concatWith(Mono.defer(() -> closing ? Mono.never() : Mono.empty()));
    }

    /** Returns the messages of the service. If they end without a close frame, the client is sent 1011 before. */
    <T> Flux<T> fromService(Flux<T> messages) {
        return messages.onErrorResume(failure -> serviceLost().then(Mono.error(failure)))
                .concatWith(Mono.defer(() -> serviceLost().then(Mono.empty())));
    }

    private Mono<Void> serviceLost() {
        if (closing) {
            return Mono.never();
        }
        return closedByService ? Mono.empty() : client.close(CloseStatus.SERVER_ERROR);
    }
}
