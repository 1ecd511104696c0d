package io.portcullis.gateway.websocket;

import io.netty.channel.EventLoop;
import io.portcullis.gateway.stream.Admission;
import io.portcullis.gateway.stream.OpenStream;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.stream.StreamClose;

/**
 * A WebSocket whose bytes are relayed between a client and a service. When its session ends or the node stops, both peers receive a close
 * frame with the status (RFC 6455 section 7.4), and their connections end. It is registered from its beginning until the client's
 * connection has ended, or until the close frame is on its way.
 */
final class RelayedWebSocket extends OpenStream {
    private final OpenStreams streams;
    private final EventLoop loop;
    private final WebSocketPeer client;
    private final WebSocketPeer service;
    private boolean closing;
    private boolean ended;

    /** @param loop the event loop of both connections */
    RelayedWebSocket(
            OpenStreams streams, Admission admission, EventLoop loop, WebSocketPeer service, Runnable whenEnded) {
        super(admission);
        this.streams = streams;
        this.loop = loop;
        this.service = service;
        this.client = new WebSocketPeer(this::clientEnded, () -> {
            unregister();
            whenEnded.run();
        });
    }

    /** Returns the handler for the client's connection. */
    WebSocketPeer client() {
        return client;
    }

    /** Registers the WebSocket and begins to relay. Both handlers must be in their pipelines. */
    void begin() {
        streams.add(this);
        WebSocketPeer.connect(client, service);
    }

    private void clientEnded() {
        if (closing) {
            unregister();
        }
    }

    private void unregister() {
        if (!ended) {
            ended = true;
            streams.remove(this);
        }
    }

    @Override
    protected void close(StreamClose how) {
        loop.execute(() -> {
            if (!ended) {
                closing = true;
                service.limitEnd();
                service.close(CloseFrame.toService(how.status()));
                client.limitEnd();
                client.close(CloseFrame.toClient(how.status()));
            }
        });
    }
}
