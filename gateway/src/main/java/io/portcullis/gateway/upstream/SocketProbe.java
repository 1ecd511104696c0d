package io.portcullis.gateway.upstream;

import io.netty.channel.Channel;
import io.netty.channel.nio.AbstractNioChannel.NioUnsafe;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Asks the operating system whether a connection has something to read, without waiting for the event loop to find out: one system
 * call. Must be called on the connection's event loop.
 */
final class SocketProbe {
    private static final FastThreadLocal<ByteBuffer> BYTE = new FastThreadLocal<>() {
        @Override
        protected ByteBuffer initialValue() {
            return ByteBuffer.allocateDirect(1);
        }
    };

    private SocketProbe() {}

    /** Returns false if bytes, the end, or an error wait to be read. A connection with bytes has lost one, and must be closed. */
    static boolean isQuiet(Channel channel) {
        ByteBuffer buffer = BYTE.get().clear();
        try {
            if (channel instanceof UnixChannel unix) {
                return unix.fd().read(buffer, 0, 1) == 0;
            }
            boolean nio = channel.unsafe() instanceof NioUnsafe unsafe
                    && unsafe.ch() instanceof SocketChannel socket
                    && socket.read(buffer) != 0;
            return !nio;
        } catch (IOException e) {
            return false;
        }
    }
}
