package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections whose peer may read nothing. With TLS, Netty sends {@code close_notify} before it closes the connection, and waits 3 s
 * for a peer that does not read.
 */
public final class ConnectionClose {
    /** The time that a peer has to take what is sent before the end of its connection. */
    private static final long LIMIT_MILLIS = 500;

    private ConnectionClose() {}

    /** Closes the connection, with TLS after {@code close_notify}, but in any case after 500 ms. */
    public static void start(Channel channel) {
        var unused = channel.close();
        if (channel.isOpen()) {
            inAnyCase(channel);
        }
    }

    /**
     * Closes the connection in 500 ms, without anything that its peer has not taken by then. Such a peer does not receive the close frame
     * of its WebSocket.
     */
    public static void inAnyCase(Channel channel) {
        var unused = channel.eventLoop().schedule(() -> closeSocket(channel), LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void closeSocket(Channel channel) {
        ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
        // Closes from the handler of TLS towards the socket, which omits the handler itself.
        var unused = tls == null ? channel.close() : tls.close();
    }
}
