package io.portcullis.core.r2dbc.pool;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection to MySQL on which nothing comes any more: the driver would wait for ever, and the pool would count the
 * connection as lent for as long.
 *
 * <p>It looks at the stream of bytes only. MySQL answers each request, so silence after one is a failure once the longest
 * statement is over. An answer that stops in its middle looks like a connection nobody uses; that is closed as well, when the pool
 * would have thrown it away for being idle.
 */
final class ResponseTimeoutHandler extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(ResponseTimeoutHandler.class);
    private static final int CHECKS_PER_LIMIT = 8;

    private final Duration response;
    private final Duration silence;
    private boolean waiting;
    /** When the server was last heard, or first asked after that; in {@link System#nanoTime()}. */
    private long since;

    private @Nullable ScheduledFuture<?> looks;

    /**
     * @param response longest silence after a request
     * @param silence longest silence at all
     */
    ResponseTimeoutHandler(Duration response, Duration silence) {
        this.response = response;
        this.silence = silence;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        since = System.nanoTime();
        long period = Math.max(1, response.toMillis() / CHECKS_PER_LIMIT);
        looks = context.executor().scheduleAtFixedRate(() -> check(context), period, period, TimeUnit.MILLISECONDS);
        super.channelActive(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (looks != null) {
            looks.cancel(false);
        }
        super.channelInactive(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        waiting = false;
        since = System.nanoTime();
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (!waiting) {
            waiting = true;
            since = System.nanoTime();
        }
        super.write(context, message, promise);
    }

    private void check(ChannelHandlerContext context) {
        Duration limit = waiting ? response : silence;
        if (System.nanoTime() - since < limit.toNanos()) {
            return;
        }
        if (waiting) {
            log.warn(
                    "MySQL at {} has not answered for {}: the connection is closed",
                    context.channel().remoteAddress(),
                    limit);
        }
        var unused = context.close();
    }
}
