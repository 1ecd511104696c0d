package io.portcullis.gateway.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.portcullis.gateway.accesslog.AccessRecord;
import io.portcullis.gateway.stream.ConnectionClose;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the two connections of a relayed WebSocket, and the handler that receives its bytes. They go to the other connection as they are.
 * Neither connection is read while the other one is above its high water mark. Confined to the event loop of both connections.
 */
final class WebSocketPeer extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(WebSocketPeer.class);

    /** The time in which the rest of a frame must arrive, so that a close frame can follow it. */
    private static final long REST_OF_FRAME_MILLIS = 100;

    private enum State {
        /** Bytes are relayed. */
        OPEN,
        /** A close frame follows as soon as the frame that is being sent has ended. */
        CLOSING,
        /** Nothing is sent any more. What the peer sends is discarded, so that it can read what was sent last. */
        ENDED
    }

    /** Follows what is sent to this peer. */
    private final FrameBorders sent = new FrameBorders();

    private final Runnable whenEnded;
    private final Runnable whenInactive;
    private State state = State.OPEN;
    private @Nullable ChannelHandlerContext context;
    /** What the access log knows about the handshake; null for a service, and if the log is off. */
    private @Nullable AccessRecord record;

    private @Nullable WebSocketPeer other;
    private @Nullable ByteBuf early;
    private @Nullable ByteBuf closeFrame;
    private boolean inactive;

    /**
     * @param whenEnded called once when nothing more is sent to the peer
     * @param whenInactive called once when the connection has been closed, by whichever side
     */
    WebSocketPeer(Runnable whenEnded, Runnable whenInactive) {
        this.whenEnded = whenEnded;
        this.whenInactive = whenInactive;
    }

    /** Connects the two peers. From now on the bytes of each are sent to the other one, beginning with those that are already there. */
    static void connect(WebSocketPeer one, WebSocketPeer another) {
        one.other = another;
        another.other = one;
        one.relayEarly(another);
        another.relayEarly(one);
        one.begin();
        another.begin();
    }

    private void begin() {
        if (inactive) {
            Objects.requireNonNull(other).end();
        } else {
            setReading(true);
        }
    }

    private void relayEarly(WebSocketPeer to) {
        ByteBuf bytes = early;
        if (bytes != null) {
            early = null;
            to.send(bytes);
            to.flush();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        record = AccessRecord.of(added.channel());
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private Channel channel() {
        return context().channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes) || (other == null && state == State.ENDED)) {
            ReferenceCountUtil.release(message);
        } else if (other == null) {
            early = early == null ? bytes : Unpooled.wrappedBuffer(early, bytes);
            setReading(false);
        } else {
            other.send(bytes);
            if (!other.channel().isWritable()) {
                // What was written must leave, or the connection would never be writable again.
                other.flush();
                setReading(other.channel().isWritable());
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (other != null) {
            other.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (other != null && ctx.channel().isWritable()) {
            other.setReading(true);
        }
        ctx.fireChannelWritabilityChanged();
    }

    private void setReading(boolean reading) {
        if (channel().config().isAutoRead() != reading) {
            channel().config().setAutoRead(reading);
        }
    }

    private void send(ByteBuf bytes) {
        switch (state) {
            case OPEN -> {
                sent.follow(bytes);
                write(bytes);
            }
            case CLOSING -> {
                int rest = sent.followToBorder(bytes);
                write(bytes.readRetainedSlice(rest));
                bytes.release();
                closeAtBorder();
            }
            case ENDED -> bytes.release();
        }
    }

    private void write(ByteBuf bytes) {
        if (record != null) {
            record.relayed(bytes.readableBytes());
        }
        var unused = context().write(bytes, channel().voidPromise());
    }

    private void flush() {
        context().flush();
    }

    /**
     * Sends a close frame and ends the connection. The frame that is being sent is completed before, if its rest arrives within 100 ms;
     * otherwise the connection ends without a close frame.
     */
    void close(ByteBuf frame) {
        if (state != State.OPEN || sent.isClosed()) {
            frame.release();
            end();
            return;
        }
        closeFrame = frame;
        state = State.CLOSING;
        if (!closeAtBorder()) {
            var unused = channel().eventLoop().schedule(this::end, REST_OF_FRAME_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private boolean closeAtBorder() {
        ByteBuf frame = closeFrame;
        boolean closes = frame != null && sent.isAtBorder();
        if (closes) {
            closeFrame = null;
            write(Objects.requireNonNull(frame));
            end();
        }
        return closes;
    }

    /**
     * Ends the connection behind what has been sent. The gateway reads on for a while: the peer would lose what it has not read yet if the
     * connection were closed while bytes of the peer wait in the socket.
     */
    void end() {
        if (state == State.ENDED) {
            return;
        }
        becomeEnded();
        var unused = context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> shutDownOutput());
        setReading(true);
    }

    private void shutDownOutput() {
        Channel channel = channel();
        if (channel.pipeline().get(SslHandler.class) == null && channel instanceof DuplexChannel socket) {
            var unused = socket.shutdownOutput();
            ConnectionClose.inAnyCase(channel);
        } else {
            ConnectionClose.start(channel);
        }
    }

    /** Ends the connection in 500 ms at the latest, also if the peer takes nothing of what was sent. */
    void limitEnd() {
        ConnectionClose.inAnyCase(channel());
    }

    /** Closes the connection, if there is one, without anything that has not been sent. */
    void abort() {
        becomeEnded();
        if (context != null) {
            ConnectionClose.start(channel());
        }
    }

    private void becomeEnded() {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        ReferenceCountUtil.release(early);
        early = null;
        ReferenceCountUtil.release(closeFrame);
        closeFrame = null;
        whenEnded.run();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        inactive = true;
        if (other != null) {
            becomeEnded();
            other.end();
        }
        whenInactive.run();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("A connection of a WebSocket failed: {}", cause.toString());
        var unused = ctx.close();
    }
}
