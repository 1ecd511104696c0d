package io.portcullis.gateway.upstream;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/**
 * Receives what happens to one exchange with a service, on the event loop of the exchange. Nothing is called any more after
 * {@link #failed} or after the last part of the response.
 */
public interface ExchangeListener {
    /** A connection is there for the exchange. The listener calls {@link ServiceConnection#begin} and writes its request. */
    void connected(ServiceConnection connection);

    /**
     * The exchange has failed: no connection could be had, or it was lost before the response was complete. The connection is closed.
     *
     * @param failure a {@link StaleConnectionException} if the request may be sent once more on a new connection
     */
    void failed(Throwable failure);

    /** An interim response (RFC 9110 section 15.2), which a final one follows. Ignored by default. */
    default void interim(HttpResponse head) {}

    /** The head of the final response. */
    void head(HttpResponse head);

    /** A part of the body. The listener releases it. */
    void content(HttpContent part);

    /** All that the socket had to read has been passed on. */
    void readComplete();

    /** The connection takes more of the request, or must not be given more for now. */
    void writabilityChanged(boolean writable);
}
