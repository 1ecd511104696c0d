package io.portcullis.gateway.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;

/** Encodes requests, and tells {@link ResponseDecoder} of the beginning and the end of each. */
class ExchangeEncoder extends HttpRequestEncoder {
    private final ResponseDecoder responses;

    ExchangeEncoder(ResponseDecoder responses) {
        this.responses = responses;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
        if (msg instanceof HttpRequest request) {
            responses.begin(request);
        }
        super.write(ctx, msg, promise);
        if (msg instanceof LastHttpContent) {
            responses.requestWritten();
        }
    }
}
