package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Passes one request of an HTTP/2 connection in each iteration of the event loop, and none while the connection is above its high water
 * mark. The other requests wait in the handlers of their streams, whose number is limited.
 *
 * <p>Without this handler a client that sends many requests at once keeps an event loop from all other clients, and a client that reads no
 * responses makes the gateway keep each response without a body in memory. {@link PipeliningGate} does the same for HTTP/1.
 */
final class Http2RequestTurns extends ChannelInboundHandlerAdapter {
    private static final String NAME = Http2RequestTurns.class.getName();

    private final Queue<Gate> waiting = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    /** Whether a request has been passed since the socket was read last. */
    private boolean passedInRead;

    private boolean releasing;

    /** Adds the handler of the connection. It must stand before the handler that passes frames to streams. */
    static void addTo(Channel connection) {
        connection.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new Http2RequestTurns());
    }

    /** Adds the handler of a stream behind another handler of its pipeline. */
    static void addToStream(Channel stream, String after) {
        if (stream.parent().pipeline().get(NAME) instanceof Http2RequestTurns turns) {
            stream.pipeline().addAfter(after, NAME, turns.new Gate());
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    private boolean mustWait() {
        return passedInRead
                || releasing
                || !waiting.isEmpty()
                || context == null
                || !context.channel().isWritable();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        passedInRead = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        scheduleRelease();
        ctx.fireChannelWritabilityChanged();
    }

    /** A scheduled task runs in the next iteration of the event loop, also without a delay. */
    private void scheduleRelease() {
        if (!waiting.isEmpty()
                && !releasing
                && context != null
                && context.channel().isWritable()) {
            releasing = true;
            var unused = context.executor().schedule(this::release, 0, TimeUnit.NANOSECONDS);
        }
    }

    private void release() {
        releasing = false;
        if (context != null && context.channel().isWritable()) {
            Gate next = waiting.poll();
            if (next != null) {
                next.open();
            }
        }
        scheduleRelease();
    }

    /** The handler of one stream. Keeps its request, and what has been received of the body, until it is the request's turn. */
    private final class Gate extends ChannelDuplexHandler {
        private final List<Object> received = new ArrayList<>();
        private @Nullable ChannelHandlerContext stream;
        private boolean closed;
        private boolean readPostponed;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            stream = added;
            // The handlers behind this one read on demand as soon as they have the request.
            added.channel().config().setAutoRead(false);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest && !closed) {
                if (mustWait()) {
                    closed = true;
                    received.add(message);
                    waiting.add(this);
                    scheduleRelease();
                } else {
                    passedInRead = true;
                    ctx.fireChannelRead(message);
                }
            } else if (closed) {
                received.add(message);
            } else {
                ctx.fireChannelRead(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (!closed) {
                ctx.fireChannelReadComplete();
            }
        }

        @Override
        public void read(ChannelHandlerContext ctx) {
            if (closed) {
                readPostponed = true;
            } else {
                ctx.read();
            }
        }

        private void open() {
            closed = false;
            ChannelHandlerContext ctx = stream;
            if (ctx != null) {
                List<Object> messages = List.copyOf(received);
                received.clear();
                messages.forEach(ctx::fireChannelRead);
                ctx.fireChannelReadComplete();
                if (readPostponed) {
                    ctx.read();
                }
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            if (closed) {
                boolean unused = waiting.remove(this);
                received.forEach(ReferenceCountUtil::release);
                received.clear();
            }
        }
    }
}
