package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServer;

/**
 * Resets the connection of a peer that accepts no byte for longer than a limit while bytes wait to be sent to it. A connection
 * with nothing to send is not affected, regardless of its idle time.
 *
 * <p>A connection has at most one timer, and none as long as the socket accepts each write at once.
 */
public final class WriteDeadline extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(WriteDeadline.class);

    /** The number of progress checks within the limit. */
    private static final int CHECKS = 4;

    private final long intervalNanos;

    private int unchangedChecks;
    private long pending;
    private long progress;
    private int current;
    private @Nullable Future<?> timer;

    private WriteDeadline(Duration limit) {
        this.intervalNanos = limit.toNanos() / CHECKS;
    }

    /** Returns the server with the limit on each of its connections. */
    public static HttpServer on(HttpServer server, Duration limit) {
        return server.doOnChannelInit((observer, channel, address) -> addTo(channel, limit));
    }

    /** Adds the limit to a connection, next to the socket, so that it counts the bytes of TLS as well. */
    public static void addTo(Channel channel, Duration limit) {
        channel.pipeline().addFirst(WriteDeadline.class.getName(), new WriteDeadline(limit));
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if (timer == null) {
            ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
            if (buffer != null && !buffer.isEmpty()) {
                recordProgress(buffer);
                unchangedChecks = 0;
                schedule(context);
            }
        }
    }

    private void schedule(ChannelHandlerContext context) {
        timer = context.executor().schedule(() -> check(context), intervalNanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext context) {
        timer = null;
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        if (buffer == null || buffer.isEmpty()) {
            return;
        }
        unchangedChecks = isUnchanged(buffer) ? unchangedChecks + 1 : 0;
        if (unchangedChecks >= CHECKS) {
            expire(context);
            return;
        }
        recordProgress(buffer);
        schedule(context);
    }

    private boolean isUnchanged(ChannelOutboundBuffer buffer) {
        return System.identityHashCode(buffer.current()) == current
                && buffer.currentProgress() == progress
                && buffer.totalPendingWriteBytes() >= pending;
    }

    private void recordProgress(ChannelOutboundBuffer buffer) {
        current = System.identityHashCode(buffer.current());
        progress = buffer.currentProgress();
        pending = buffer.totalPendingWriteBytes();
    }

    /** Resets the connection instead of closing it, so that the kernel also frees the bytes in its send buffer. */
    private static void expire(ChannelHandlerContext context) {
        log.debug(
                "Resetting the connection to {}: the peer accepts no bytes",
                context.channel().remoteAddress());
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        var unused = context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
