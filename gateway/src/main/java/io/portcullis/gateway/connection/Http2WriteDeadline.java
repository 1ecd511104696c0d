package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2WindowUpdateFrame;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.NettyPipeline;

/**
 * Resets the streams of an HTTP/2 connection whose client lets the gateway send no byte for longer than a limit while bytes wait:
 * their flow-control window, or that of the connection, stays empty. {@link WriteDeadline} does the same for the bytes that the socket does
 * not take.
 *
 * <p>A connection has one timer while it has streams.
 */
final class Http2WriteDeadline extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Http2WriteDeadline.class);

    /** The number of progress checks within the limit. */
    private static final int CHECKS = 4;

    private final long intervalNanos;
    private final Http2FrameCodec codec;
    private final Http2Connection connection;
    private final Http2RemoteFlowController flow;
    private final Http2Connection.PropertyKey key;

    private @Nullable Future<?> timer;

    private Http2WriteDeadline(Duration limit, Http2FrameCodec codec) {
        this.intervalNanos = limit.toNanos() / CHECKS;
        this.codec = codec;
        this.connection = codec.connection();
        this.flow = codec.encoder().flowController();
        this.key = connection.newKey();
    }

    /** The bytes of a stream that the client has let the gateway send. */
    private static final class Progress {
        private long windowUpdates;
        private long sent;
        private int unchangedChecks;
    }

    /** Adds the limit directly behind the codec of the connection, where the frames of flow control pass. */
    static void addTo(Channel channel, Http2FrameCodec codec, Duration limit) {
        channel.pipeline()
                .addAfter(
                        NettyPipeline.HttpCodec,
                        Http2WriteDeadline.class.getName(),
                        new Http2WriteDeadline(limit, codec));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamActive(Http2Stream stream) {
                if (timer == null) {
                    schedule(context);
                }
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2WindowUpdateFrame update && update.stream() != null) {
            Http2Stream stream = connection.stream(update.stream().id());
            if (stream != null) {
                progressOf(stream).windowUpdates += update.windowSizeIncrement();
            }
        }
        context.fireChannelRead(message);
    }

    private Progress progressOf(Http2Stream stream) {
        Progress known = stream.getProperty(key);
        if (known != null) {
            return known;
        }
        var added = new Progress();
        stream.setProperty(key, added);
        return added;
    }

    private void schedule(ChannelHandlerContext context) {
        timer = context.executor().schedule(() -> check(context), intervalNanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext context) {
        timer = null;
        List<Http2Stream> stalled = new ArrayList<>();
        try {
            connection.forEachActiveStream(stream -> {
                if (isStalled(stream)) {
                    stalled.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            context.fireExceptionCaught(e);
            return;
        }
        stalled.forEach(stream -> reset(context, stream));
        if (connection.numActiveStreams() > 0) {
            schedule(context);
        }
    }

    /** Each byte that is sent makes the window smaller; the initial window and the updates make it larger. */
    private boolean isStalled(Http2Stream stream) {
        Progress progress = progressOf(stream);
        long sent = flow.initialWindowSize() + progress.windowUpdates - flow.windowSize(stream);
        boolean unchanged = flow.hasFlowControlled(stream) && sent == progress.sent;
        progress.unchangedChecks = unchanged ? progress.unchangedChecks + 1 : 0;
        progress.sent = sent;
        return progress.unchangedChecks >= CHECKS;
    }

    private void reset(ChannelHandlerContext context, Http2Stream stream) {
        log.debug(
                "Resetting stream {} of the connection to {}: the peer accepts no bytes",
                stream.id(),
                context.channel().remoteAddress());
        ChannelHandlerContext codecContext = context.pipeline().context(codec);
        var unused = codec.resetStream(codecContext, stream.id(), Http2Error.CANCEL.code(), codecContext.newPromise());
        codecContext.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
