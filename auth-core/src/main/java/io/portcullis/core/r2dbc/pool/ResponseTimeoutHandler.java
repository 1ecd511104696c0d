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
 * Closes a connection on which MySQL has stopped responding. Otherwise the driver would wait forever, and the connection would
 * stay acquired in the pool.
 *
 * <p>The handler observes reads and writes of bytes only. MySQL responds to every request, so silence after a request is a
 * failure once the longest statement must have ended. A response that stops halfway is indistinguishable from an idle connection;
 * it is closed after the pool's maximum idle time.
 */
final class ResponseTimeoutHandler extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(ResponseTimeoutHandler.class);
    private static final int CHECKS_PER_LIMIT = 8;

    private final Duration response;
    private final Duration maxIdle;
    private boolean waiting;
    /** Whether the server has sent anything. */
    private boolean greeted;
    /** The time of the last read, or of the first write after it; in {@link System#nanoTime()}. */
    private long waitingSince;

    private @Nullable ScheduledFuture<?> checks;

    /**
     * @param response the maximum silence of the server after a request
     * @param maxIdle the maximum silence on a connection without an outstanding request
     */
    ResponseTimeoutHandler(Duration response, Duration maxIdle) {
        this.response = response;
        this.maxIdle = maxIdle;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        // The server begins the conversation.
        waiting = true;
        waitingSince = System.nanoTime();
        long period = Math.max(1, response.toMillis() / CHECKS_PER_LIMIT);
        checks = context.executor().scheduleAtFixedRate(() -> check(context), period, period, TimeUnit.MILLISECONDS);
        super.channelActive(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (checks != null) {
            checks.cancel(false);
        }
        super.channelInactive(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        waiting = false;
        greeted = true;
        waitingSince = System.nanoTime();
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (!waiting) {
            waiting = true;
            waitingSince = System.nanoTime();
        }
        super.write(context, message, promise);
    }

    private void check(ChannelHandlerContext context) {
        Duration limit = waiting ? response : maxIdle;
        if (!greeted && maxIdle.compareTo(response) < 0) {
            limit = maxIdle;
        }
        if (System.nanoTime() - waitingSince < limit.toNanos()) {
            return;
        }
        if (waiting) {
            log.warn(
                    "No response from MySQL at {} for {}; closing the connection",
                    context.channel().remoteAddress(),
                    limit);
        }
        var unused = context.close();
    }
}
