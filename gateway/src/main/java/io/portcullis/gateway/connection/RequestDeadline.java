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
 * Closes the connection of a client that takes longer than a limit from the headers of a request to its last byte. Whoever
 * handles the request is told first ({@link ErrorCode#REQUEST_TIMEOUT}), unless it has been answered already. A request that was
 * sent before the one ahead of it was answered (pipelining) has the limit from then on, since nobody reads it before.
 *
 * <p>In the place of reactor-netty's own request timeout, whose timer outlives a request that is answered before its last byte was
 * read, keeps the whole request in memory until it fires, and then does nothing. Here a connection has one timer at most.
 */
public final class RequestDeadline extends ChannelDuplexHandler {
    /** How long an answer that says so may take; most are written at once. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long limitNanos;

    private boolean reading;
    private int unanswered;
    private long began;
    private @Nullable Future<?> timer;

    private RequestDeadline(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /** The server with the limit on each of its connections. */
    public static HttpServer on(HttpServer server, Duration limit) {
        return server.doOnChannelInit((observer, channel, address) -> addTo(channel, limit));
    }

    /** Before the handler that knows no more of a request once it is answered. */
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
        unanswered++;
        began = context.executor().ticker().nanoTime();
        if (timer == null) {
            schedule(context, limitNanos, () -> check(context));
        }
    }

    private void schedule(ChannelHandlerContext context, long nanos, Runnable task) {
        timer = context.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** The timer is of a request that may be long gone; it goes on for the one that is being read now. */
    private void check(ChannelHandlerContext context) {
        timer = null;
        if (!reading) {
            return;
        }
        long now = context.executor().ticker().nanoTime();
        if (unanswered > 1) {
            began = now;
        }
        long left = began + limitNanos - now;
        if (left > 0) {
            schedule(context, left, () -> check(context));
        } else {
            expire(context);
        }
    }

    private void expire(ChannelHandlerContext context) {
        if (unanswered > 0) {
            context.fireExceptionCaught(PortcullisException.of(ErrorCode.REQUEST_TIMEOUT));
        }
        // Asked again, since most answer at once.
        if (unanswered > 0) {
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
            unanswered--;
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
