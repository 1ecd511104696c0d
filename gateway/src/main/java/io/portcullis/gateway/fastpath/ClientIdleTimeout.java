package io.portcullis.gateway.fastpath;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes a client's connection that has had no request for too long since a request of the fast path. After a request of the filter
 * chain, reactor-netty's own timeout closes the connection; that timeout does not see the requests of the fast path. Has at most one task
 * in the event loop.
 */
final class ClientIdleTimeout {
    private final long limitNanos;
    private boolean active;
    private boolean idle;
    private long idleSince;
    private @Nullable Future<?> timer;

    /** @param limitNanos the longest idle time, 0 for no limit */
    ClientIdleTimeout(long limitNanos) {
        this.limitNanos = limitNanos;
    }

    /** A request of the fast path begins. Removes reactor-netty's timeout, which comes back with a request of the filter chain. */
    void requestBegins(ChannelHandlerContext ctx) {
        idle = false;
        if (!active) {
            active = true;
            ChannelHandler other = ctx.pipeline().get(NettyPipeline.IdleTimeoutHandler);
            if (other != null) {
                ctx.pipeline().remove(other);
            }
        }
    }

    /** A request passes to the filter chain. */
    void requestPasses() {
        active = false;
        idle = false;
    }

    /** A request of the fast path has ended. */
    void requestEnded(ChannelHandlerContext ctx) {
        idle = true;
        if (limitNanos > 0) {
            idleSince = ctx.executor().ticker().nanoTime();
            if (timer == null) {
                schedule(ctx, limitNanos);
            }
        }
    }

    private void schedule(ChannelHandlerContext ctx, long nanos) {
        timer = ctx.executor().schedule(() -> check(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        timer = null;
        if (!idle) {
            return;
        }
        long left = idleSince + limitNanos - ctx.executor().ticker().nanoTime();
        if (left > 0) {
            schedule(ctx, left);
        } else {
            var unused = ctx.close();
        }
    }

    void cancel() {
        if (timer != null) {
            boolean unused = timer.cancel(false);
        }
    }
}
