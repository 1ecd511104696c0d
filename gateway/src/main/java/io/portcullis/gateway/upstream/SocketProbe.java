package io.portcullis.gateway.upstream;

import io.netty.channel.Channel;
import io.netty.channel.nio.AbstractNioChannel.NioUnsafe;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Checks with one system call whether a connection has anything to read, before the event loop polls the socket. Must be called
 * on the connection's event loop.
 */
final class SocketProbe {
    private static final FastThreadLocal<ByteBuffer> BYTE = new FastThreadLocal<>() {
        @Override
        protected ByteBuffer initialValue() {
            return ByteBuffer.allocateDirect(1);
        }
    };

    private SocketProbe() {}

    /**
     * Returns false if the socket has bytes, an end of stream, or an error to read. The check consumes a byte if there is
     * one, so the caller must close the connection on false.
     */
    static boolean hasNoInput(Channel channel) {
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
