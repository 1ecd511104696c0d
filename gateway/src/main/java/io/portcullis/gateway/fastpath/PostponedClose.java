package io.portcullis.gateway.fastpath;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Postpones the close of a client's connection while the node stops, until the responses under way have been sent: the server closes each
 * connection in which it sees no request, and the client may take the last bytes much later than the service has sent them.
 */
final class PostponedClose {
    private final ClientLimits limits;
    private boolean atOnce;
    /** Whether the fast path has begun a request whose response is not complete. */
    private boolean underWay;
    /** The number of responses that are complete and that the client has not taken to their end. */
    private int unsent;

    private @Nullable ChannelPromise postponed;

    PostponedClose(ClientLimits limits) {
        this.limits = limits;
    }

    /** From now on a close is not postponed, because the session has ended. */
    void closeAtOnce() {
        atOnce = true;
    }

    /** The fast path begins a request. */
    void requestBegins() {
        underWay = true;
        limits.countBegin();
    }

    /** The filter chain goes on with the request that the fast path has begun. */
    void requestHandedOver() {
        underWay = false;
        limits.countEnd();
    }

    /** Returns whether the close is postponed; if so, {@link #closeIfIdle} makes up for it. */
    boolean postpone(ChannelPromise close) {
        if (atOnce || !limits.isStopping() || (!underWay && unsent == 0)) {
            return false;
        }
        if (postponed == null) {
            postponed = close;
        } else {
            var unused = postponed.addListener(closed -> close.trySuccess());
        }
        return true;
    }

    /** A response is complete. The request counts as under way until the client has taken all of it. */
    void responseComplete(ChannelHandlerContext ctx) {
        underWay = false;
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        if (buffer == null || buffer.isEmpty()) {
            limits.countEnd();
            return;
        }
        unsent++;
        var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            unsent--;
            limits.countEnd();
            closeIfIdle(ctx);
        });
    }

    /** Makes up for a postponed close once no request is under way and the client has taken every response. */
    void closeIfIdle(ChannelHandlerContext ctx) {
        ChannelPromise close = postponed;
        if (close != null && !underWay && unsent == 0) {
            postponed = null;
            var unused = ctx.close(close);
        }
    }
}
