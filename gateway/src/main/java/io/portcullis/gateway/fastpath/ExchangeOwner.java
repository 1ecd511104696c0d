package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.FullHttpResponse;

/** The connection of a client, as a {@link FastExchange} on it sees it. Confined to its event loop. */
interface ExchangeOwner {
    /** Writes a message to the client. */
    void write(Object message);

    /** Writes and sends an interim response, which the response follows. */
    void writeInterim(FullHttpResponse interim);

    /** Sends what was written. */
    void flush();

    /** Writes and sends the answer to a failure. */
    void writeProblem(FullHttpResponse problem);

    /** The connection is not kept after this response. */
    void endsConnection();

    /** Returns whether the connection is kept after this response. */
    boolean keepsAlive();

    /** The connection is about to be closed because the session has ended, and does not wait for anything. */
    void closesAtOnce();

    /** The response is complete; nothing is written for this exchange any more. */
    void ended();

    /** The request continues to the filter chain, with the parts of its body that have been received. */
    void handOver(RequestBody received);
}
