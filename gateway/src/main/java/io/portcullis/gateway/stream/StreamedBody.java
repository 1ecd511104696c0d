package io.portcullis.gateway.stream;

import io.netty.channel.Channel;

/** The body of a streamed response that the fast path relays. It is registered from its beginning to its end. */
public final class StreamedBody extends OpenStream {
    private final OpenStreams streams;
    private final Channel client;
    private final Runnable finish;
    private final Runnable beforeClose;
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
     * Registers a body.
     *
     * @param client the connection to the client, which is closed if the session of the stream ends
     * @param finish ends the body as if the service had ended it; called on the event loop of {@code client} if the node shuts down
     * @param beforeClose called there before the connection is closed because the session has ended
     */
    public static StreamedBody begin(
            OpenStreams streams, Admission admission, Channel client, Runnable finish, Runnable beforeClose) {
        var body = new StreamedBody(streams, admission, client, finish, beforeClose);
        streams.add(body);
        return body;
    }

    /** The body has ended: the connection is left alone from now on. Must be called on the event loop of the client. */
    public void end() {
        if (!ended) {
            ended = true;
            streams.remove(this);
        }
    }

    @Override
    void close(StreamClose how) {
        client.eventLoop().execute(() -> closeUnlessEnded(how));
    }

    private void closeUnlessEnded(StreamClose how) {
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
