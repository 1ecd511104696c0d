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

/**
 * Marks requests with folded header lines as malformed. A folded line continues on a next line that begins with white space
 * (RFC 9112 section 5.2). The codec unfolds such lines, so that they are visible only in the bytes before the codec.
 *
 * <p>Only the codec knows which bytes belong to a head and which to a body. This handler therefore passes the bytes to the
 * codec in parts: each part ends with an empty line, as heads and chunked bodies do, or is a body of known length. A second
 * handler behind the codec reports the start and end of messages.
 */
final class FoldedLines extends ChannelInboundHandlerAdapter {
    private static final String NAME = FoldedLines.class.getName();

    /** The kind of the last bytes. */
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
    private long remainingBody;

    static void addTo(Channel channel) {
        channel.pipeline().addBefore(ClientCodec.name(channel.pipeline()), NAME, new FoldedLines());
    }

    /** The handler behind the codec comes last, so that it is the next one to it. */
    private void observe(ChannelHandlerContext context) {
        if (!observed) {
            observed = true;
            String codec = ClientCodec.name(context.pipeline());
            context.pipeline().addAfter(codec, Messages.class.getName(), new Messages());
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
        if (remainingBody > 0) {
            int length = (int) Math.min(remainingBody, bytes.readableBytes());
            remainingBody -= length;
            return length;
        }
        return findEmptyLine(bytes) - bytes.readerIndex();
    }

    /** Returns the index after the next empty line, or after the last byte if there is none. */
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

    /** Returns whether a byte after a line feed ends an empty line. */
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

    /** Tracks the start and end of messages behind the codec. */
    private final class Messages extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof LastHttpContent) {
                inHead = true;
                remainingBody = 0;
            }
            context.fireChannelRead(message);
        }

        private void begin(HttpRequest request) {
            if (folded && request.decoderResult().isSuccess()) {
                request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("a folded header line")));
            }
            folded = false;
            inHead = false;
            remainingBody = request.decoderResult().isSuccess() ? HttpUtil.getContentLength(request, 0L) : 0;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            upgraded |= message instanceof HttpResponse response
                    && response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
            var unused = context.write(message, promise);
        }
    }
}
