package io.portcullis.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import reactor.netty.NettyPipeline;

/**
 * Finds header lines that are folded, which is to say that the next line goes on with white space (RFC 9112 section 5.2). The codec
 * unfolds them, so they can be seen in the bytes in front of it alone. A request with such a line becomes a malformed one.
 *
 * <p>Which bytes are a head and which a body is for the codec to say. The bytes are therefore given to it in parts: each ends with an
 * empty line, as heads and chunked bodies do, or is a body of known length. A handler behind the codec then knows where it is.
 */
final class FoldedLines extends ChannelInboundHandlerAdapter {
    private static final String NAME = FoldedLines.class.getName();

    /** What the last bytes were. */
    private enum Last {
        OTHER,
        LINE_FEED,
        LINE_FEED_AND_RETURN
    }

    private Last last = Last.OTHER;
    private boolean inHead = true;
    private boolean folded;
    private boolean observed;
    private boolean upgraded;
    private long bodyLeft;

    static void addTo(Channel channel) {
        channel.pipeline().addBefore(NettyPipeline.HttpCodec, NAME, new FoldedLines());
    }

    /** The handler behind the codec comes last, so that it is the next one to it. */
    private void observe(ChannelHandlerContext context) {
        if (!observed) {
            observed = true;
            context.pipeline().addAfter(NettyPipeline.HttpCodec, Messages.class.getName(), new Messages());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (upgraded || !(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        observe(context);
        while (bytes.isReadable() && !upgraded) {
            int length = nextPart(bytes);
            if (length == bytes.readableBytes()) {
                break;
            }
            context.fireChannelRead(bytes.readRetainedSlice(length));
        }
        context.fireChannelRead(bytes);
    }

    private int nextPart(ByteBuf bytes) {
        if (bodyLeft > 0) {
            int length = (int) Math.min(bodyLeft, bytes.readableBytes());
            bodyLeft -= length;
            return length;
        }
        return findEmptyLine(bytes) - bytes.readerIndex();
    }

    /** The index behind the next empty line, or behind the last byte. */
    private int findEmptyLine(ByteBuf bytes) {
        int end = bytes.writerIndex();
        int i = bytes.readerIndex();
        while (i < end) {
            if (last == Last.OTHER) {
                int feed = bytes.indexOf(i, end, (byte) '\n');
                if (feed < 0) {
                    return end;
                }
                last = Last.LINE_FEED;
                i = feed + 1;
            } else if (isEmptyLine(bytes.getByte(i++))) {
                return i;
            }
        }
        return end;
    }

    /** Whether a byte behind a line feed ends an empty line. */
    private boolean isEmptyLine(byte next) {
        boolean empty = last == Last.LINE_FEED_AND_RETURN && next == '\n';
        if (last == Last.LINE_FEED && next == '\r') {
            last = Last.LINE_FEED_AND_RETURN;
        } else if (next != '\n' || empty) {
            folded |= inHead && last == Last.LINE_FEED && (next == ' ' || next == '\t');
            last = Last.OTHER;
        } else {
            last = Last.LINE_FEED;
        }
        return empty;
    }

    /** Sees where messages begin and end. */
    private final class Messages extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof LastHttpContent) {
                inHead = true;
                bodyLeft = 0;
            }
            context.fireChannelRead(message);
        }

        private void begin(HttpRequest request) {
            if (folded && request.decoderResult().isSuccess()) {
                request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("a folded header line")));
            }
            folded = false;
            inHead = false;
            bodyLeft = request.decoderResult().isSuccess() ? HttpUtil.getContentLength(request, 0L) : 0;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            upgraded |= message instanceof HttpResponse response
                    && response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
            var unused = context.write(message, promise);
        }
    }
}
