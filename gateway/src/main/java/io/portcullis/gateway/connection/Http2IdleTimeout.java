package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes an HTTP/2 connection that has had no stream for longer than a limit. Frames without a stream, such as {@code PING}, do not extend
 * the time.
 *
 * <p>Replaces reactor-netty's own timeout, which closes a connection with quiet streams and is extended by {@code PING}.
 */
final class Http2IdleTimeout extends ChannelInboundHandlerAdapter {
    private final long limitNanos;
    private final Http2Connection connection;

    private long idleSince;
    private @Nullable Future<?> timer;

    private Http2IdleTimeout(Duration limit, Http2Connection connection) {
        this.limitNanos = limit.toNanos();
        this.connection = connection;
    }

    static void addTo(Channel channel, Http2FrameCodec codec, Duration limit) {
        if (channel.pipeline().context(NettyPipeline.IdleTimeoutHandler) != null) {
            channel.pipeline().remove(NettyPipeline.IdleTimeoutHandler);
        }
        channel.pipeline()
                .addAfter(
                        NettyPipeline.HttpCodec,
                        Http2IdleTimeout.class.getName(),
                        new Http2IdleTimeout(limit, codec.connection()));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        idleSince = context.executor().ticker().nanoTime();
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                idleSince = context.executor().ticker().nanoTime();
            }
        });
        schedule(context, limitNanos);
    }

    private void schedule(ChannelHandlerContext context, long nanos) {
        timer = context.executor().schedule(() -> check(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext context) {
        long left = connection.numActiveStreams() > 0
                ? limitNanos
                : idleSince + limitNanos - context.executor().ticker().nanoTime();
        if (left > 0) {
            schedule(context, left);
        } else {
            var unused = context.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
