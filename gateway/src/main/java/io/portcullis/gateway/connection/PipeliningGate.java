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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import reactor.netty.http.server.HttpServer;

/**
 * Passes one request of a connection at a time. The next request passes when the response before it has been written and the
 * channel is below its high water mark, and a pipelined one not before the next iteration of the event loop. Pipelined requests wait
 * in this handler, and no more bytes are read while a request waits.
 *
 * <p>Without this handler, a client that sends requests but reads no responses makes the gateway handle each request and keep
 * each response in memory. A client that pipelines requests behind a slow response makes the gateway read and keep an unbounded
 * number of requests. A client that pipelines requests to which the gateway responds by itself keeps an event loop from all other
 * clients.
 */
final class PipeliningGate extends ChannelDuplexHandler {
    private final Queue<Object> waiting = new ArrayDeque<>();
    private boolean responding;
    /** Whether a request has been passed since the socket was read last. */
    private boolean passedInRead;

    private boolean informational;
    private boolean upgraded;
    private boolean readPostponed;
    private boolean releasing;

    private PipeliningGate() {}

    /** Returns the server with a gate on each of its HTTP/1 connections. */
    static HttpServer on(HttpServer server) {
        return NegotiatedProtocol.onHttp1(server, PipeliningGate::addTo);
    }

    /** Adds the gate directly after the codec, so that later handlers do not see a waiting request. */
    static void addTo(Channel channel) {
        String codec = ClientCodec.name(channel.pipeline());
        channel.pipeline().addAfter(codec, PipeliningGate.class.getName(), new PipeliningGate());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!waiting.isEmpty() || mustQueue(context, message)) {
            waiting.add(message);
            context.channel().config().setAutoRead(false);
            if (!responding) {
                scheduleRelease(context);
            }
        } else {
            passedInRead |= message instanceof HttpRequest;
            pass(context, message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        passedInRead = false;
        context.fireChannelReadComplete();
    }

    private boolean mustQueue(ChannelHandlerContext context, Object message) {
        return message instanceof HttpRequest
                && !upgraded
                && (responding
                        || releasing
                        || passedInRead
                        || !context.channel().isWritable());
    }

    private void pass(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            responding = true;
        }
        context.fireChannelRead(message);
    }

    /**
     * Does not read while a request waits, or while no response is in progress and the client accepts no bytes. Reads the
     * body of a request in any case.
     */
    @Override
    public void read(ChannelHandlerContext context) {
        if (!waiting.isEmpty()) {
            context.channel().config().setAutoRead(false);
        } else if (!responding && !upgraded && !context.channel().isWritable()) {
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
            responding = false;
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

    /**
     * Releases the next waiting request after the handlers behind the gate have finished with the response, and after the event loop has
     * looked at its sockets. A task that {@code execute} adds would run before that: the event loop would answer all pipelined requests to
     * which the gateway responds by itself before it reads the request of another client. A scheduled task waits for the next iteration,
     * also without a delay.
     */
    private void scheduleRelease(ChannelHandlerContext context) {
        if (!waiting.isEmpty() && !releasing) {
            releasing = true;
            var unused = context.executor().schedule(() -> release(context), 0, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Passes one request and what has been received of its body: a response that is written meanwhile schedules the next release. Nothing
     * of them waits any more when the handlers behind the gate ask for the rest of the body.
     */
    private void release(ChannelHandlerContext context) {
        releasing = false;
        Object first = waiting.peek();
        if (first == null || mustQueue(context, first)) {
            return;
        }
        List<Object> received = new ArrayList<>();
        do {
            received.add(waiting.remove());
        } while (!waiting.isEmpty() && !(waiting.peek() instanceof HttpRequest));
        received.forEach(message -> pass(context, message));
        context.fireChannelReadComplete();
    }

    /** Returns whether the client has sent another request before the response to the current one. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }
}
