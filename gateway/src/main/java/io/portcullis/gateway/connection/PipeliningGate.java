package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Lets one request of a connection pass at a time, and the next one only when the answers before it have gone out as far as the
 * channel's water mark asks for. Pipelined requests wait here, and no more bytes are read while one waits.
 *
 * <p>Without this, a client that sends requests and reads no answer makes the gateway handle each request and keep each answer;
 * and a client that pipelines behind a slow answer makes the gateway read and keep requests without a bound.
 */
public final class PipeliningGate extends ChannelDuplexHandler {
    private final Queue<Object> waiting = new ArrayDeque<>();
    private boolean answering;
    private boolean informational;
    private boolean upgraded;
    private boolean readPostponed;
    private boolean releasing;

    private PipeliningGate() {}

    /** The server with a gate on each of its connections. */
    public static HttpServer on(HttpServer server) {
        return server.doOnChannelInit((observer, channel, address) -> addTo(channel));
    }

    /** Right behind the codec: a request that waits here has not begun yet for the handlers behind the gate. */
    static void addTo(Channel channel) {
        channel.pipeline().addAfter(NettyPipeline.HttpCodec, PipeliningGate.class.getName(), new PipeliningGate());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!waiting.isEmpty() || mustWait(context, message)) {
            waiting.add(message);
            context.channel().config().setAutoRead(false);
        } else {
            pass(context, message);
        }
    }

    private boolean mustWait(ChannelHandlerContext context, Object message) {
        return message instanceof HttpRequest
                && !upgraded
                && (answering || releasing || !context.channel().isWritable());
    }

    private void pass(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            answering = true;
        }
        context.fireChannelRead(message);
    }

    /** Nothing is read behind a request that waits, nor while the client takes no answers; bodies are read in any case. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (!waiting.isEmpty()) {
            context.channel().config().setAutoRead(false);
        } else if (!answering && !upgraded && !context.channel().isWritable()) {
            readPostponed = true;
        } else {
            context.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            upgraded |= response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
        }
        var unused = context.write(message, promise);
        if (message instanceof LastHttpContent && !informational) {
            answering = false;
            scheduleRelease(context);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            scheduleRelease(context);
            if (readPostponed) {
                readPostponed = false;
                context.read();
            }
        }
        context.fireChannelWritabilityChanged();
    }

    /** Later, when the handlers behind this one have done with the answer. */
    private void scheduleRelease(ChannelHandlerContext context) {
        if (!waiting.isEmpty() && !releasing) {
            releasing = true;
            context.executor().execute(() -> release(context));
        }
    }

    private void release(ChannelHandlerContext context) {
        releasing = false;
        Object next;
        while ((next = waiting.peek()) != null && !mustWait(context, next)) {
            waiting.remove();
            pass(context, next);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }
}
