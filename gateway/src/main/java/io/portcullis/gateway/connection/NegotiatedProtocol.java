package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Runs tasks on a client's connection as soon as its protocol is known, before the codec of that protocol receives anything. On a port that
 * speaks HTTP/1 alone the protocol is known at once. Otherwise TLS negotiates it (ALPN), or, without TLS, the first bytes tell it.
 *
 * <p>The gateway ignores {@code Upgrade: h2c}, as RFC 9113 section 3.1 allows: the handler of such an upgrade stands before all checks of
 * requests, and buffers the whole request.
 */
public final class NegotiatedProtocol extends ChannelInboundHandlerAdapter {
    private static final String NAME = NegotiatedProtocol.class.getName();

    private final List<Consumer<Channel>> http1 = new ArrayList<>();
    private final List<Consumer<Channel>> http2 = new ArrayList<>();

    private NegotiatedProtocol() {}

    /** Returns the server with a task that runs on each HTTP/1 connection. Tasks run in the order in which they were added. */
    public static HttpServer onHttp1(HttpServer server, Consumer<Channel> task) {
        return server.doOnChannelInit((observer, channel, address) -> {
            NegotiatedProtocol negotiation = of(channel);
            if (negotiation == null) {
                task.accept(channel);
            } else {
                negotiation.http1.add(task);
            }
        });
    }

    /** Returns the server with a task that runs on each HTTP/2 connection. Its streams are other channels. */
    static HttpServer onHttp2(HttpServer server, Consumer<Channel> task) {
        return server.doOnChannelInit((observer, channel, address) -> {
            NegotiatedProtocol negotiation = of(channel);
            if (negotiation != null) {
                negotiation.http2.add(task);
            }
        });
    }

    /** Returns the handler of a connection whose protocol is open, null if it is HTTP/1. */
    private static @Nullable NegotiatedProtocol of(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(NAME) instanceof NegotiatedProtocol known) {
            return known;
        }
        for (String chooser : List.of(NettyPipeline.H2OrHttp11Codec, NettyPipeline.H2CUpgradeHandler)) {
            if (pipeline.context(chooser) != null) {
                var added = new NegotiatedProtocol();
                pipeline.addAfter(chooser, NAME, added);
                return added;
            }
        }
        return null;
    }

    /** The handler that chooses the protocol passes on bytes only when it has chosen. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        decide(context);
        context.fireChannelRead(message);
    }

    /** Both handlers that choose a protocol fire an event after their choice. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        ChannelPipeline pipeline = context.pipeline();
        boolean http1 = pipeline.context(NettyPipeline.H2CUpgradeHandler) == null
                && pipeline.context(HttpServerCodec.class) != null;
        if (http1 || pipeline.context(Http2FrameCodec.class) != null) {
            decide(context);
        }
        context.fireUserEventTriggered(event);
    }

    private void decide(ChannelHandlerContext context) {
        ChannelPipeline pipeline = context.pipeline();
        boolean isHttp2 = pipeline.context(Http2FrameCodec.class) != null;
        if (!isHttp2 && pipeline.context(HttpServerUpgradeHandler.class) != null) {
            pipeline.remove(HttpServerUpgradeHandler.class);
        }
        (isHttp2 ? http2 : http1).forEach(task -> task.accept(context.channel()));
        pipeline.remove(this);
    }
}
