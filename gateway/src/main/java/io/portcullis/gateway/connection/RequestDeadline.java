package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Closes the connection of a client that takes longer than a limit from the headers of a request to its last byte. The handlers
 * behind this one first receive {@link ErrorCode#REQUEST_TIMEOUT}, unless the request has already been answered. For a
 * pipelined request the limit starts when the request before it has been answered, because the gateway does not read it
 * earlier.
 *
 * <p>Replaces reactor-netty's own request timeout. If a request is answered before its last byte was read, the timer of that
 * timeout stays active, keeps the whole request in memory until it fires, and then does nothing. This handler has at most one
 * timer for each connection.
 */
final class RequestDeadline extends ChannelDuplexHandler {
    /** The time for writing the 408 response before the connection is closed. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long limitNanos;

    private boolean reading;
    private int pendingResponses;
    private long startedAt;
    private @Nullable Future<?> timer;

    private RequestDeadline(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /** Returns the server with the limit on each of its HTTP/1 connections. */
    static HttpServer on(HttpServer server, Duration limit) {
        return NegotiatedProtocol.onHttp1(server, channel -> addTo(channel, limit));
    }

    /**
     * Adds the handler before {@code HttpTrafficHandler}, which discards its state of a request when the request has been
     * answered.
     */
    static void addTo(Channel channel, Duration limit) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore(
                NettyPipeline.HttpTrafficHandler, RequestDeadline.class.getName(), new RequestDeadline(limit));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            begin(context);
        }
        if (message instanceof LastHttpContent) {
            reading = false;
        }
        context.fireChannelRead(message);
    }

    private void begin(ChannelHandlerContext context) {
        reading = true;
        pendingResponses++;
        startedAt = context.executor().ticker().nanoTime();
        if (timer == null) {
            schedule(context, limitNanos, () -> check(context));
        }
    }

    private void schedule(ChannelHandlerContext context, long nanos, Runnable task) {
        timer = context.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Checks the request that is being read now. The timer may have been started for an earlier request; if so, it is
     * rescheduled.
     */
    private void check(ChannelHandlerContext context) {
        timer = null;
        if (!reading) {
            return;
        }
        long now = context.executor().ticker().nanoTime();
        if (pendingResponses > 1) {
            startedAt = now;
        }
        long left = startedAt + limitNanos - now;
        if (left > 0) {
            schedule(context, left, () -> check(context));
        } else {
            expire(context);
        }
    }

    private void expire(ChannelHandlerContext context) {
        if (pendingResponses > 0) {
            context.fireExceptionCaught(PortcullisException.of(ErrorCode.REQUEST_TIMEOUT));
        }
        // Check again: the 408 response is usually written synchronously.
        if (pendingResponses > 0) {
            schedule(context, GRACE_NANOS, () -> close(context));
        } else {
            close(context);
        }
    }

    private static void close(ChannelHandlerContext context) {
        var unused = context.close();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            pendingResponses--;
        }
        var unused = context.write(message, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
