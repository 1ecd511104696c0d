package io.portcullis.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/** Finds the handler that decodes requests and encodes responses, in the pipeline of an HTTP/1 connection or of an HTTP/2 stream. */
final class ClientCodec {
    private ClientCodec() {}

    /** Returns the name of the codec, null if the channel is closed and has none any more. */
    static @Nullable String find(ChannelPipeline pipeline) {
        if (pipeline.context(NettyPipeline.H2ToHttp11Codec) != null) {
            return NettyPipeline.H2ToHttp11Codec;
        }
        if (pipeline.context(NettyPipeline.HttpCodec) != null) {
            return NettyPipeline.HttpCodec;
        }
        // On a port without TLS that speaks HTTP/2 too, the codec has a generated name.
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        return codec == null ? null : codec.name();
    }

    /** Returns the name of the codec. Throws {@link NoSuchElementException} if there is none. */
    static String name(ChannelPipeline pipeline) {
        String name = find(pipeline);
        if (name == null) {
            throw new NoSuchElementException("the HTTP codec in " + pipeline.names());
        }
        return name;
    }
}
