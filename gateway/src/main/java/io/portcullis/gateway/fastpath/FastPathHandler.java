package io.portcullis.gateway.fastpath;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.portcullis.core.error.PortcullisException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.NettyPipeline;

/**
 * Takes the requests of the fast path out of a client's connection, before reactor-netty's own handlers, and answers them (ADR 0033). All
 * other requests and their responses pass unchanged. {@code PipeliningGate} lets one request of a connection pass at a time, so that the
 * answers of both keep their order.
 *
 * <p>The connection is read without pause while this handler has it; reactor-netty reads on demand, so that reading is switched off before
 * a request passes to it.
 */
final class FastPathHandler extends ChannelDuplexHandler implements ExchangeOwner {
    private static final Logger log = LoggerFactory.getLogger(FastPathHandler.class);

    private enum State {
        /** No request is under way, or reactor-netty has it. */
        PASSING,
        /** A request is under way here. */
        EXCHANGE,
        /** The response is complete, and the rest of the request is discarded. */
        DISCARDING
    }

    private final FastPath fastPath;
    private final ExchangeServices services;
    private final ClientLimits limits;
    private final ClientIdleTimeout idle;
    private final PostponedClose postponedClose;

    private State state = State.PASSING;
    private @Nullable ChannelHandlerContext context;
    private @Nullable FastExchange exchange;
    private @Nullable HttpRequest request;
    private boolean requestComplete;
    private boolean keepAlive;
    private boolean upgraded;
    private boolean lastOfChain;
    private int requests;
    private @Nullable InetSocketAddress peer;
    private @Nullable String scheme;

    FastPathHandler(FastPath fastPath, ExchangeServices services, ClientLimits limits) {
        this.fastPath = fastPath;
        this.services = services;
        this.limits = limits;
        this.idle = new ClientIdleTimeout(limits.idleNanos());
        this.postponedClose = new PostponedClose(limits);
    }

    /** Adds the handler to a connection of HTTP/1.1, behind the checks of requests and the limits of connections. */
    void addTo(Channel channel) {
        channel.pipeline().addBefore(NettyPipeline.HttpTrafficHandler, FastPathHandler.class.getName(), this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head && !upgraded) {
            begin(ctx, head);
        } else if (state == State.EXCHANGE && message instanceof HttpContent part) {
            requestComplete |= part instanceof LastHttpContent;
            Objects.requireNonNull(exchange).requestContent(part);
        } else if (state == State.DISCARDING && message instanceof HttpContent part) {
            discard(part);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        requests++;
        FastRequest taken = fastPath.take(new ClientHead(head, peer(ctx), scheme(ctx)));
        if (taken == null) {
            pass(ctx, head);
            return;
        }
        idle.requestBegins(ctx);
        state = State.EXCHANGE;
        postponedClose.requestBegins();
        request = head;
        requestComplete = false;
        keepAlive = HttpUtil.isKeepAlive(head) && requests < limits.maxKeepAliveRequests();
        readAlways(ctx);
        exchange = new FastExchange(services, ctx, taken, this);
        exchange.begin();
    }

    private void pass(ChannelHandlerContext ctx, HttpRequest head) {
        state = State.PASSING;
        idle.requestPasses();
        if (ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
        }
        ctx.fireChannelRead(head);
    }

    private static void readAlways(ChannelHandlerContext ctx) {
        if (!ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private @Nullable InetSocketAddress peer(ChannelHandlerContext ctx) {
        if (peer == null && ctx.channel().remoteAddress() instanceof InetSocketAddress address) {
            peer = address;
        }
        return peer;
    }

    private String scheme(ChannelHandlerContext ctx) {
        String known = scheme;
        if (known == null) {
            known = ctx.pipeline().get(SslHandler.class) == null ? "http" : "https";
            scheme = known;
        }
        return known;
    }

    private void discard(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        part.release();
        if (last) {
            requestComplete = true;
            becomeIdle();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.EXCHANGE) {
            Objects.requireNonNull(exchange).requestReadComplete();
        } else if (state == State.PASSING) {
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (state == State.EXCHANGE) {
            Objects.requireNonNull(exchange)
                    .clientWritabilityChanged(ctx.channel().isWritable());
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.clientGone();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state == State.PASSING) {
            ctx.fireExceptionCaught(cause);
        } else if (state == State.EXCHANGE && cause instanceof PortcullisException) {
            Objects.requireNonNull(exchange).fail(cause);
        } else {
            log.debug("Closing a connection: {}", cause.toString());
            var unused = ctx.channel().close();
        }
    }

    /** Closes the connection after a response of the filter chain that is the last one of the connection. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse head) {
            upgraded |= head.status().code() == 101;
            lastOfChain = requests >= limits.maxKeepAliveRequests()
                    && !upgraded
                    && head.status().codeClass() != HttpStatusClass.INFORMATIONAL;
            if (lastOfChain) {
                HttpUtil.setKeepAlive(head, false);
            }
        }
        if (lastOfChain && message instanceof LastHttpContent) {
            var unused = ctx.write(message, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
        } else {
            var unused = ctx.write(message, promise);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (postponedClose.postpone(promise)) {
            keepAlive = false;
        } else {
            var unused = ctx.close(promise);
        }
    }

    @Override
    public void closesAtOnce() {
        postponedClose.closeAtOnce();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        idle.cancel();
    }

    @Override
    public void write(Object message) {
        ChannelHandlerContext ctx = context();
        if (message instanceof LastHttpContent && !keepsAlive()) {
            var unused = ctx.write(message).addListener(ChannelFutureListener.CLOSE);
        } else {
            var unused = ctx.write(message, ctx.voidPromise());
        }
    }

    @Override
    public void writeInterim(FullHttpResponse interim) {
        var unused = context().writeAndFlush(interim, context().voidPromise());
    }

    @Override
    public void flush() {
        context().flush();
    }

    @Override
    public void writeProblem(FullHttpResponse problem) {
        keepAlive &= HttpUtil.isKeepAlive(problem);
        if (!keepsAlive()) {
            HttpUtil.setKeepAlive(problem, false);
        }
        write(problem);
        flush();
    }

    @Override
    public void endsConnection() {
        keepAlive = false;
    }

    @Override
    public boolean keepsAlive() {
        return keepAlive && !limits.isStopping();
    }

    @Override
    public void ended() {
        exchange = null;
        request = null;
        postponedClose.responseComplete(context());
        if (requestComplete) {
            becomeIdle();
        } else {
            state = State.DISCARDING;
        }
        postponedClose.closeIfIdle(context());
    }

    private void becomeIdle() {
        state = State.PASSING;
        // The gate switches reading off while a request waits.
        readAlways(context());
        idle.requestEnded(context());
    }

    @Override
    public void handOver(RequestBody received) {
        ChannelHandlerContext ctx = context();
        HttpRequest head = Objects.requireNonNull(request);
        postponedClose.requestHandedOver();
        exchange = null;
        request = null;
        boolean complete = requestComplete;
        pass(ctx, head);
        received.drainTo(ctx::fireChannelRead);
        if (complete) {
            ctx.fireChannelReadComplete();
        }
    }
}
