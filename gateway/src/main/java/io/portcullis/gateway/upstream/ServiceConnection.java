package io.portcullis.gateway.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a service, and the last handler of its pipeline. It carries one exchange at a time. Whether it may carry another one
 * is decided in one place, {@link #end}, and the default is no. Confined to its event loop.
 */
public final class ServiceConnection extends ChannelInboundHandlerAdapter {
    private final ServicePool pool;
    private final ResponseDecoder responses;
    private final Channel channel;
    private final long madeAt = System.nanoTime();
    private long idleSince = madeAt;
    private @Nullable ExchangeListener listener;
    /** Receives the bytes that follow the response {@code 101}. */
    private @Nullable ChannelHandler nextProtocol;

    private boolean hasPermit = true;
    private boolean keptAlive;
    /** Whether an exchange has ended and the connection may be used again, once all that the socket had to read has been seen. */
    private boolean returning;

    ServiceConnection(ServicePool pool, ResponseDecoder responses, Channel channel) {
        this.pool = pool;
        this.responses = responses;
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    long madeAt() {
        return madeAt;
    }

    /** Returns the time at which the last exchange ended, in {@link System#nanoTime()}. */
    long idleSince() {
        return idleSince;
    }

    /** Returns whether the connection is open and nothing has arrived since its last exchange. */
    boolean isUsable() {
        return channel.isActive() && responses.isIdle() && SocketProbe.hasNoInput(channel);
    }

    /** Returns whether a failed request may be sent once more on a new connection. */
    public static boolean isStale(Throwable failure) {
        return failure instanceof StaleConnectionException;
    }

    /** Begins an exchange: all that happens on the connection is passed to the listener until the exchange has ended. */
    public void begin(ExchangeListener exchange) {
        listener = exchange;
        keptAlive = false;
    }

    /** Writes a part of the request, which {@link #flush} sends. */
    public void write(HttpObject part) {
        var unused = channel.write(part, channel.voidPromise());
    }

    public void flush() {
        channel.flush();
    }

    /** Returns whether more of the request may be written. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Switches the reading of the response on or off. */
    public void setReading(boolean reading) {
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    /** Excludes the connection from the limit on connections: a stream may last for days. It carries no other exchange. */
    public void becomeStream() {
        releasePermit();
    }

    /**
     * Hands the connection over to another protocol. Called by {@link ExchangeListener#head} for a response {@code 101}; the listener is not
     * called any more. The handler receives all bytes that follow the head of the response. The connection is excluded from the limit on
     * connections.
     */
    public void switchTo(ChannelHandler handler) {
        releasePermit();
        listener = null;
        nextProtocol = handler;
    }

    /** Ends the exchange and closes the connection. The listener is not called any more. */
    public void abort() {
        listener = null;
        close();
    }

    void detachPermit() {
        hasPermit = false;
    }

    private void releasePermit() {
        if (hasPermit) {
            hasPermit = false;
            pool.giveBackPermit();
        }
    }

    void close() {
        var unused = channel.close();
        releasePermit();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ExchangeListener exchange = listener;
        if (nextProtocol != null && message instanceof LastHttpContent) {
            switchPipeline(context.pipeline(), nextProtocol);
        } else if (exchange == null || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
        } else if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            fail(part.decoderResult().cause());
        } else if (part instanceof HttpResponse head && ResponseDecoder.isInterim(head.status())) {
            exchange.interim(head);
        } else if (part instanceof HttpResponse head) {
            keptAlive = HttpUtil.isKeepAlive(head);
            exchange.head(head);
        } else if (part instanceof HttpContent content) {
            boolean last = content instanceof LastHttpContent;
            exchange.content(content);
            if (last) {
                end(exchange);
            }
        }
    }

    /** The decoder passes on what it has read behind the response when it is removed. */
    private void switchPipeline(ChannelPipeline pipeline, ChannelHandler handler) {
        pipeline.replace(this, null, handler);
        pipeline.remove(ExchangeEncoder.class);
        pipeline.remove(responses);
    }

    /** The response is complete. The connection is used again only if nothing of either side is outstanding on it. */
    private void end(ExchangeListener ended) {
        if (listener != ended) {
            return;
        }
        listener = null;
        idleSince = System.nanoTime();
        if (keptAlive && hasPermit && responses.isIdle()) {
            setReading(true);
            // The socket may have more to read, which would be taken for the answer to the next request.
            returning = true;
        } else {
            close();
        }
    }

    private void fail(Throwable failure) {
        ExchangeListener exchange = listener;
        listener = null;
        returning = false;
        close();
        if (exchange != null) {
            exchange.failed(failure);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (listener != null) {
            listener.readComplete();
        } else if (returning) {
            returning = false;
            if (responses.isIdle()) {
                pool.giveBack(this);
            } else {
                close();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (listener != null) {
            listener.writabilityChanged(channel.isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new ServiceClosedException());
        pool.remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }
}
