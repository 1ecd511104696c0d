package io.portcullis.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an HTTP/2 connection with an error that no other handler has handled. Stands last in the pipeline of the connection.
 *
 * <p>Without this handler Netty logs a warning with the stack trace, for each connection error that a client causes.
 */
final class Http2ConnectionErrors extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Http2ConnectionErrors.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("The connection to {} fails: {}", context.channel().remoteAddress(), cause.toString());
        // The codec answers errors of the protocol itself, and closes the connection where it must.
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
            var unused = context.close();
        }
    }
}
