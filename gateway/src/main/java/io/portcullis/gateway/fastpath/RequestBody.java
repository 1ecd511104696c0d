package io.portcullis.gateway.fastpath;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.gateway.upstream.ServiceConnection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way to the service. The client's connection is not read while there is no connection to the service, or
 * while the service takes no more, so that at most one read of the socket and the write buffer of the service are kept.
 */
final class RequestBody {
    private final Channel client;
    private final TrailerFields trailers;
    private @Nullable Queue<HttpContent> waiting;
    private @Nullable ServiceConnection service;
    private boolean complete;
    private boolean hasContent;
    private boolean paused;
    private boolean unflushed;
    /** Whether the head was sent as a complete request. */
    private boolean sent;

    RequestBody(Channel client, TrailerFields trailers) {
        this.client = client;
        this.trailers = trailers;
    }

    /** Returns whether the request has been received completely and has no body. */
    boolean isEmpty() {
        return complete && !hasContent;
    }

    /** Returns whether the client has sent its request completely or has begun to send a body. */
    boolean hasBegun() {
        return complete || hasContent;
    }

    void add(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        if (last) {
            trailers.clean((LastHttpContent) part);
        }
        complete |= last;
        hasContent |= part.content().isReadable() || !last;
        if (service != null) {
            write(service, part);
        } else if (hasContent) {
            queue().add(part);
            pause();
        } else {
            part.release();
        }
    }

    private Queue<HttpContent> queue() {
        Queue<HttpContent> parts = waiting;
        if (parts == null) {
            parts = new ArrayDeque<>();
            waiting = parts;
        }
        return parts;
    }

    /** Sends what has been received after the head, and from now on each further part. */
    void sendTo(ServiceConnection connection) {
        service = connection;
        sent = isEmpty();
        if (waiting != null) {
            waiting.forEach(part -> write(connection, part));
            waiting = null;
        }
        writabilityChanged();
    }

    private void write(ServiceConnection connection, HttpContent part) {
        if (sent) {
            part.release();
            return;
        }
        connection.write(part);
        unflushed = true;
        if (complete || !connection.isWritable()) {
            flush();
            if (!connection.isWritable()) {
                pause();
            }
        }
    }

    void flush() {
        if (unflushed && service != null) {
            unflushed = false;
            service.flush();
        }
    }

    void writabilityChanged() {
        if (paused && service != null && service.isWritable()) {
            paused = false;
            client.config().setAutoRead(true);
        }
    }

    private void pause() {
        if (!complete) {
            paused = true;
            client.config().setAutoRead(false);
        }
    }

    /** Passes the parts that have been received to another handler. */
    void drainTo(Consumer<HttpContent> handler) {
        Queue<HttpContent> parts = waiting;
        waiting = null;
        if (parts != null) {
            parts.forEach(handler);
        }
        if (isEmpty()) {
            handler.accept(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    /** Releases the parts that have not been sent, and reads the rest of the request, which is discarded. */
    void release() {
        service = null;
        if (waiting != null) {
            waiting.forEach(HttpContent::release);
            waiting = null;
        }
        if (paused) {
            paused = false;
            client.config().setAutoRead(true);
        }
    }
}
