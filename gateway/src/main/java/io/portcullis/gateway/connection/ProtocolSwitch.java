package io.portcullis.gateway.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import reactor.netty.NettyPipeline;

/** Hands the connection of a client over to another protocol (RFC 9110 section 7.8). */
public final class ProtocolSwitch {
    /** The handlers of reactor-netty that must not see the response {@code 101}, as in its own switch to WebSocket. */
    private static final List<String> OF_HTTP = List.of(
            NettyPipeline.HttpTrafficHandler,
            NettyPipeline.AccessLogHandler,
            NettyPipeline.HttpMetricsHandler,
            NettyPipeline.CompressionHandler);

    private ProtocolSwitch() {}

    /**
     * Sends the response {@code 101} and removes the codec, so that the handler receives all bytes that follow the request. Must be called
     * on the event loop of the connection.
     *
     * @param headers the headers of the response
     * @return false if the connection was closed instead, because it has ended, or because the client has sent bytes behind its request
     *     before the response, which the codec has taken for a request
     */
    public static boolean perform(Channel client, HttpHeaders headers, ChannelHandler handler) {
        ChannelPipeline pipeline = client.pipeline();
        String codec = ClientCodec.find(pipeline);
        PipeliningGate gate = pipeline.get(PipeliningGate.class);
        if (!client.isActive() || codec == null || gate == null || gate.isWaiting()) {
            var unused = client.close();
            return false;
        }
        for (String each : OF_HTTP) {
            if (pipeline.get(each) != null) {
                pipeline.remove(each);
            }
        }
        var unused = client.writeAndFlush(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.SWITCHING_PROTOCOLS,
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE));
        var rest = new RestOfCodec();
        pipeline.addAfter(codec, RestOfCodec.class.getName(), rest);
        pipeline.remove(codec);
        if (rest.seen) {
            var unusedToo = client.close();
            return false;
        }
        pipeline.replace(rest, handler.getClass().getName(), handler);
        return true;
    }

    /** Receives what the codec has read behind the request when the codec is removed. The codec may have skipped bytes before it. */
    private static final class RestOfCodec extends ChannelInboundHandlerAdapter {
        private boolean seen;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            seen = true;
            ReferenceCountUtil.release(message);
        }
    }
}
