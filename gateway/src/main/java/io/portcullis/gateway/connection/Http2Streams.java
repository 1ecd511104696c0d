package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * The checks of requests and the limits for HTTP/2 (docs/adr/0034). Each request has a channel of its own, whose handlers are those of an
 * HTTP/1.1 request behind a codec that translates frames.
 *
 * @param requestTimeout time limit for a client to send a complete request
 * @param writeTimeout time after which a stream is reset if its client lets the gateway send no byte of the pending data
 * @param idleTimeout time after which a connection without a stream is closed, null for no limit
 * @param maxHeaderBytes the size of a request's headers, as RFC 9113 section 6.5.2 counts it
 * @param maxRequests the number of requests after which a connection is closed, 0 or less for no limit
 */
record Http2Streams(
        Duration requestTimeout,
        Duration writeTimeout,
        @Nullable Duration idleTimeout,
        long maxHeaderBytes,
        int maxRequests) {
    /** The number of requests that a connection may have under way: the smallest that RFC 9113 section 6.5.2 recommends. */
    static final int MAX_CONCURRENT = 100;

    /** The number of streams that one side may reset within a time before the connection is closed (CVE-2023-44487, CVE-2025-55163). */
    static final int MAX_RESETS = 200;

    static final int RESET_WINDOW_SECONDS = 30;

    /** Returns the server with the limits on its HTTP/2 connections. Without effect on a server that speaks HTTP/1 alone. */
    HttpServer on(HttpServer server) {
        HttpServer limited = server.http2Settings(settings -> {
            settings.maxConcurrentStreams(MAX_CONCURRENT)
                    .maxHeaderListSize(maxHeaderBytes)
                    .maxDecodedRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                    .maxEncodedRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
            if (maxRequests > 0) {
                settings.maxStreams(maxRequests);
            }
        });
        return onEachStream(NegotiatedProtocol.onHttp2(limited, this::addToConnection), this::addToStream);
    }

    /** Returns the server with a task that runs on each stream when its pipeline is complete, before its first frame is read. */
    static HttpServer onEachStream(HttpServer server, Consumer<Channel> task) {
        return server.childObserve((connection, state) -> {
            if (state == ConnectionObserver.State.CONNECTED
                    && connection.channel() instanceof Http2StreamChannel stream) {
                task.accept(stream);
            }
        });
    }

    /** Resets the stream that the context belongs to, and closes its channel. */
    static void reset(ChannelHandlerContext context, Http2Error error) {
        var unused = context.writeAndFlush(new DefaultHttp2ResetFrame(error)).addListener(ChannelFutureListener.CLOSE);
    }

    private void addToConnection(Channel channel) {
        Http2FrameCodec codec = channel.pipeline().get(Http2FrameCodec.class);
        Http2RequestTurns.addTo(channel);
        Http2WriteDeadline.addTo(channel, codec, writeTimeout);
        if (idleTimeout != null) {
            Http2IdleTimeout.addTo(channel, codec, idleTimeout);
        }
        channel.pipeline().addLast(Http2ConnectionErrors.class.getName(), new Http2ConnectionErrors());
    }

    private void addToStream(Channel stream) {
        String normaliser = Http2RequestNormaliser.addTo(stream.pipeline());
        stream.pipeline()
                .addBefore(NettyPipeline.H2ToHttp11Codec, Http2RequestHead.class.getName(), new Http2RequestHead());
        Http2RequestTurns.addToStream(stream, normaliser);
        RequestDeadline.addTo(stream, requestTimeout);
    }
}
