package io.portcullis.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Answers malformed requests and frames of an HTTP/2 stream with a stream error of the right code (RFC 9113). Stands first in the pipeline
 * of the stream.
 *
 * <p>Without this handler Netty's codec makes an HTTP/1.1 request of one that lacks a pseudo header, or fails without an error code, and
 * reactor-netty closes a stream with {@code CANCEL} and a line in the log whatever the codec of the connection has found.
 */
final class Http2RequestHead extends ChannelInboundHandlerAdapter {
    private boolean received;
    private boolean refused;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // Trailers have no pseudo headers, as the codec of the connection ensures.
        if (!received && message instanceof Http2HeadersFrame frame) {
            received = true;
            if (!isComplete(frame.headers())) {
                reset(context, Http2Error.PROTOCOL_ERROR);
            }
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    /** A tunnel ({@code CONNECT}) has a method and an authority alone. */
    private static boolean isComplete(Http2Headers headers) {
        CharSequence method = headers.method();
        if (method != null && HttpMethod.CONNECT.asciiName().contentEquals(method)) {
            return isPresent(headers.authority());
        }
        return isPresent(method) && isPresent(headers.scheme()) && isPresent(headers.path());
    }

    private static boolean isPresent(@Nullable CharSequence value) {
        return value != null && !value.isEmpty();
    }

    /** The stream is closed with the frame, which the handlers behind this one learn as the loss of their connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof Http2Exception failure) {
            reset(context, failure.error());
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    private void reset(ChannelHandlerContext context, Http2Error error) {
        refused = true;
        Http2Streams.reset(context, error);
    }
}
