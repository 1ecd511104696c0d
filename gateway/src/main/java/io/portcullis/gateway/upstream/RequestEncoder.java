package io.portcullis.gateway.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

/**
 * Encodes requests. Fails a request with {@link StaleConnectionException} instead of writing it if the previous exchange on the
 * connection did not end cleanly.
 */
final class RequestEncoder extends ExchangeEncoder {
    private final ResponseDecoder responses;

    RequestEncoder(ResponseDecoder responses) {
        super(responses);
        this.responses = responses;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
        if (msg instanceof HttpRequest request && !isClean(ctx)) {
            refuse(ctx, request, promise);
        } else {
            super.write(ctx, msg, promise);
        }
    }

    /** Returns true if no response is outstanding and the socket of a reused connection has nothing to read. */
    private boolean isClean(ChannelHandlerContext ctx) {
        return responses.isIdle() && (!responses.isReused() || SocketProbe.hasNoInput(ctx.channel()));
    }

    /** Fails the request in a separate event-loop task, because reactor-netty is still in the middle of sending it. */
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
