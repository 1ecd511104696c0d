package io.portcullis.gateway.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpResponseDecoderSpec;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.ConnectionProvider.ConnectionMetadata;

/**
 * Replaces the HTTP/1.1 codec of reactor-netty's client. The original codec takes an interim response for the final one, and
 * assigns the remaining bytes of a response to the next request of a pooled connection. See {@link ResponseDecoder}.
 *
 * <p>A request whose pooled connection was closed, or had unread bytes, is sent on a new connection that is used for this
 * request only. The same holds if the service closed the pooled connections before one of them was handed over. A request
 * without a body and with an idempotent method (RFC 9110 section 9.2.2) is also sent again, once, if
 * the service closed the pooled connection before the first byte of the response.
 */
final class UpstreamCodec {
    private static final AttributeKey<ResponseDecoder> RESPONSES =
            AttributeKey.valueOf(UpstreamCodec.class, "responses");
    private static final String ENCODER = NettyPipeline.LEFT + "upstreamRequestEncoder";
    private static final String NEGOTIATION = NettyPipeline.LEFT + "upstreamNegotiation";

    private UpstreamCodec() {}

    /** Returns the client with this codec on each of its HTTP/1.1 connections. Keeps the decoder limits of the client. */
    static HttpClient on(HttpClient client) {
        HttpResponseDecoderSpec spec = client.configuration().decoder();
        return client.doOnChannelInit((observer, channel, address) -> install(channel, spec))
                .mapConnect(UpstreamCodec::retryOnNewConnection);
    }

    /** Returns the pool with support for sending a request again on a new connection. */
    static ConnectionProvider retrying(ConnectionProvider pool) {
        return new RetryingConnectionProvider(pool);
    }

    /**
     * Returns the predicate by which a pool evicts a connection, in addition to its age: the connection is closed, has been
     * idle for too long, or its last exchange did not end cleanly.
     *
     * @param maxIdle the longest idle time, null for no limit
     */
    static BiPredicate<Connection, ConnectionMetadata> eviction(@Nullable Duration maxIdle) {
        long limit = maxIdle == null ? Long.MAX_VALUE : maxIdle.toMillis();
        return (connection, metadata) -> !connection.channel().isActive()
                || !connection.isPersistent()
                || metadata.idleTime() >= limit
                || !endedCleanly(connection.channel());
    }

    /** Returns true also for a connection without this codec, which uses another protocol. */
    private static boolean endedCleanly(Channel channel) {
        ResponseDecoder responses = channel.attr(RESPONSES).get();
        return responses == null || responses.isIdle();
    }

    private static <C extends Connection> Mono<C> retryOnNewConnection(Mono<C> connect) {
        return connect.onErrorResume(
                StaleConnectionException.class,
                stale -> connect.contextWrite(RetryingConnectionProvider::onNewConnection));
    }

    private static void install(Channel channel, HttpResponseDecoderSpec spec) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(NettyPipeline.HttpCodec) instanceof HttpClientCodec) {
            var responses = ResponseDecoder.ofFinalResponses(
                    config(spec), unusable -> Connection.from(unusable).markPersistent(false));
            channel.attr(RESPONSES).set(responses);
            pipeline.replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, responses);
            pipeline.addAfter(NettyPipeline.HttpCodec, ENCODER, new RequestEncoder(responses));
        } else if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
            pipeline.addAfter(NettyPipeline.H2OrHttp11Codec, NEGOTIATION, new AfterNegotiation(spec));
        }
    }

    static HttpDecoderConfig config(HttpResponseDecoderSpec spec) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(spec.maxInitialLineLength())
                .setMaxHeaderSize(spec.maxHeaderSize())
                .setValidateHeaders(spec.validateHeaders())
                .setInitialBufferSize(spec.initialBufferSize())
                .setAllowDuplicateContentLengths(spec.allowDuplicateContentLengths())
                .setAllowPartialChunks(spec.allowPartialChunks());
    }

    /** Installs the codec after TLS has negotiated the protocol; reactor-netty has added its own codec by then. */
    private static final class AfterNegotiation extends ChannelInboundHandlerAdapter {
        private final HttpResponseDecoderSpec spec;

        AfterNegotiation(HttpResponseDecoderSpec spec) {
            this.spec = spec;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            install(ctx.channel(), spec);
            ctx.fireChannelActive();
            ctx.pipeline().remove(this);
        }
    }
}
