package io.portcullis.gateway.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** Encodes requests, and refuses to write one on a connection whose last exchange did not end cleanly. */
final class RequestEncoder extends HttpRequestEncoder {
    private final ResponseDecoder responses;

    RequestEncoder(ResponseDecoder responses) {
        this.responses = responses;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
        if (msg instanceof HttpRequest request) {
            if (!isClean(ctx)) {
                refuse(ctx, request, promise);
                return;
            }
            responses.begin(request);
        }
        super.write(ctx, msg, promise);
        if (msg instanceof LastHttpContent) {
            responses.requestWritten();
        }
    }

    private boolean isClean(ChannelHandlerContext ctx) {
        return responses.isIdle() && (!responses.isReused() || SocketProbe.isQuiet(ctx.channel()));
    }

    /** Fails in a task of its own, because the client library is still in the middle of sending. */
    private void refuse(ChannelHandlerContext ctx, HttpRequest request, ChannelPromise promise) {
        ReferenceCountUtil.release(request);
        responses.refuse(ctx);
        ctx.executor().execute(() -> {
            responses.failIfStale(ctx);
            promise.tryFailure(new StaleConnectionException());
            var unused = ctx.close();
        });
    }
}
