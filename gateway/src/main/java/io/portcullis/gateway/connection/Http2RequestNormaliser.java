package io.portcullis.gateway.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Brings the request of an HTTP/2 stream into the one form that the rest of the gateway reads, as {@link RequestNormaliser} does for
 * HTTP/1. Netty's codec has made an HTTP/1.1 request of it: {@code :authority} is {@code Host}, the other pseudo headers are the request line.
 *
 * <p>A refused request continues as a substitute that {@link RequestRefuser} answers. What the client sends after it on the stream is
 * discarded, and after the answer the client is asked to stop ({@code NO_ERROR}, RFC 9113 section 8.1). A request from which no HTTP/1.1
 * request can be made is a stream error.
 */
final class Http2RequestNormaliser extends ChannelDuplexHandler {
    private boolean received;
    private boolean refused;
    private boolean complete;

    private Http2RequestNormaliser() {}

    /** Adds the handler behind the codec of a stream. Returns its name. */
    static String addTo(ChannelPipeline stream) {
        String name = Http2RequestNormaliser.class.getName();
        stream.addAfter(NettyPipeline.H2ToHttp11Codec, name, new Http2RequestNormaliser());
        return name;
    }

    /** Adds a handler to a stream that sees the requests of this one, which may be added later: it stands directly behind the codec. */
    static void addBehind(ChannelPipeline stream, String name, ChannelHandler handler) {
        String own = Http2RequestNormaliser.class.getName();
        stream.addAfter(stream.context(own) == null ? NettyPipeline.H2ToHttp11Codec : own, name, handler);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        complete |= message instanceof LastHttpContent;
        if (refused) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            read(context, request);
        } else {
            if (message instanceof LastHttpContent last) {
                HiddenFields.storeTrailers(context.channel(), last.trailingHeaders());
            }
            context.fireChannelRead(message);
        }
    }

    private void read(ChannelHandlerContext context, HttpRequest request) {
        received = true;
        for (ExtensionHeaderNames codecs : ExtensionHeaderNames.values()) {
            request.headers().remove(codecs.text());
        }
        Refusal refusal = RequestRules.apply(request, removed -> HiddenFields.store(context.channel(), removed));
        if (refusal == null) {
            context.fireChannelRead(request);
            return;
        }
        refused = true;
        HttpRequest substitute = RequestNormaliser.substitute(request, refusal);
        ReferenceCountUtil.release(request);
        context.fireChannelRead(substitute);
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Without the handlers behind this one, which know no request that they could answer. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!received && cause instanceof DecoderException) {
            Http2Streams.reset(context, Http2Error.PROTOCOL_ERROR);
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!refused || !(message instanceof LastHttpContent)) {
            var unused = context.write(message, promise);
            return;
        }
        var unused = context.write(message, promise.unvoid()).addListener(written -> {
            if (written.isSuccess() && !complete) {
                Http2Streams.reset(context, Http2Error.NO_ERROR);
            }
        });
    }
}
