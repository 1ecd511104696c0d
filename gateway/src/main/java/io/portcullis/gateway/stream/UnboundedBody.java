package io.portcullis.gateway.stream;

import io.netty.channel.Channel;

/**
 * The body of a response without {@code Content-Length}. Most such bodies arrive in one read; only one that lasts longer than the
 * current iteration of the client's event loop is registered.
 */
public final class UnboundedBody extends OpenStream {
    private final OpenStreams streams;
    private final Channel client;
    private final Runnable beforeClose;
    private boolean registered;
    private boolean ended;

    private UnboundedBody(OpenStreams streams, Admission admission, Channel client, Runnable beforeClose) {
        super(admission);
        this.beforeClose = beforeClose;
        this.streams = streams;
        this.client = client;
    }

    /** Returns a body that will be registered unless it ends before. */
    static UnboundedBody begin(OpenStreams streams, Admission admission, Channel client) {
        return begin(streams, admission, client, () -> {});
    }

    /**
     * Does the same for the fast path.
     *
     * @param beforeClose called on the event loop of the client before the connection is closed because the session has ended
     */
    public static UnboundedBody begin(OpenStreams streams, Admission admission, Channel client, Runnable beforeClose) {
        UnboundedBody body = new UnboundedBody(streams, admission, client, beforeClose);
        client.eventLoop().execute(body::registerUnlessEnded);
        return body;
    }

    private synchronized void registerUnlessEnded() {
        if (!ended) {
            registered = true;
            streams.add(this);
        }
    }

    /** The body has ended: the connection is left alone from now on. */
    public synchronized void end() {
        ended = true;
        if (registered) {
            streams.remove(this);
        }
    }

    /** Closes the connection, unless the node shuts down: then the body may end by itself. */
    @Override
    void close(StreamClose how) {
        if (!how.orderly()) {
            client.eventLoop().execute(this::closeUnlessEnded);
        }
    }

    /** Leaves a connection alone whose response has ended meanwhile: the next request on it may be that of another caller. */
    private synchronized void closeUnlessEnded() {
        if (!ended) {
            beforeClose.run();
            ConnectionClose.start(client);
        }
    }
}
