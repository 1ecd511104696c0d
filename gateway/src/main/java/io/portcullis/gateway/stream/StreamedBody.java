package io.portcullis.gateway.stream;

import io.netty.channel.Channel;

/** The body of a response without a known end: of a streamed response, or of another one without {@code Content-Length}. Thread-safe. */
public final class StreamedBody extends OpenStream {
    private final OpenStreams streams;
    private final Channel client;
    private final Runnable finish;
    private final Runnable beforeClose;
    private boolean registered;
    private boolean ended;

    private StreamedBody(
            OpenStreams streams, Admission admission, Channel client, Runnable finish, Runnable beforeClose) {
        super(admission);
        this.streams = streams;
        this.client = client;
        this.finish = finish;
        this.beforeClose = beforeClose;
    }

    /**
     * Registers the body of a streamed response until its end.
     *
     * @param client the connection to the client, which is closed if the session of the stream ends
     * @param finish ends the body as if the service had ended it; called on the event loop of {@code client} if the node shuts down
     * @param beforeClose called there before the connection is closed because the session has ended
     */
    public static StreamedBody begin(
            OpenStreams streams, Admission admission, Channel client, Runnable finish, Runnable beforeClose) {
        var body = new StreamedBody(streams, admission, client, finish, beforeClose);
        body.registerUnlessEnded();
        return body;
    }

    /**
     * Registers the body of a response without {@code Content-Length} if it lasts longer than the current iteration of the client's
     * event loop: most such bodies arrive in one read. A body of an anonymous caller is never registered. If the node shuts down, the body
     * may end by itself.
     *
     * @param client the connection to the client, which is closed if the session of the body ends
     * @param beforeClose called on the event loop of {@code client} before that close
     */
    public static StreamedBody beginUnbounded(
            OpenStreams streams, Admission admission, Channel client, Runnable beforeClose) {
        var body = new StreamedBody(streams, admission, client, () -> {}, beforeClose);
        if (admission.sessionId() != null) {
            client.eventLoop().execute(body::registerUnlessEnded);
        }
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
            registered = false;
            streams.remove(this);
        }
    }

    @Override
    protected void close(StreamClose how) {
        client.eventLoop().execute(() -> closeUnlessEnded(how));
    }

    /** Leaves a connection alone whose response has ended meanwhile: the next request on it may be that of another caller. */
    private synchronized void closeUnlessEnded(StreamClose how) {
        if (ended) {
            return;
        }
        if (how.orderly()) {
            finish.run();
        } else {
            beforeClose.run();
            ConnectionClose.start(client);
        }
    }
}
