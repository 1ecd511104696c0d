package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The client of one stream, of which an event loop can serve thousands. It keeps no byte of the body. {@link StreamClient}, in contrast,
 * needs a thread for each stream, and keeps everything.
 */
final class LightStreamClient extends ChannelInboundHandlerAdapter {
    private static final long LIMIT_SECONDS = 60;
    private static final int STALLED_BUFFER = 4_096;
    /** A text frame and a close frame with the status 1000, each with a mask of zeros (RFC 6455 section 5.2). */
    private static final String MESSAGE = "\u0081\u0082\0\0\0\0ab";

    private static final String CLOSE = "\u0088\u0082\0\0\0\0\u0003\u00e8";

    private final String request;
    private final boolean webSocket;
    private final boolean stalls;
    private final Channel channel;
    private final CompletableFuture<Void> delivered = new CompletableFuture<>();
    private final StringBuilder head = new StringBuilder();
    private boolean headEnded;

    private LightStreamClient(Channel channel, String path, String token, boolean stalls) {
        this.channel = channel;
        this.webSocket = path.contains("/ws/");
        this.stalls = stalls;
        this.request = "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n"
                .formatted(path, token, webSocket ? StreamClient.UPGRADE : "");
    }

    /**
     * Starts to open a stream; a path with {@code /ws/} is that of a WebSocket.
     *
     * @param stalls whether the client stops reading after the first bytes of the body
     */
    static LightStreamClient open(EventLoopGroup loop, GatewayNode node, String path, String token, boolean stalls) {
        NioSocketChannel channel = new NioSocketChannel();
        LightStreamClient client = new LightStreamClient(channel, path, token, stalls);
        channel.pipeline().addLast(client);
        if (stalls) {
            channel.config().setReceiveBufferSize(STALLED_BUFFER);
        }
        var unused = loop.register(channel);
        client.connect(node.uri("/").getPort());
        return client;
    }

    private void connect(int port) {
        var unused = channel.connect(new InetSocketAddress("localhost", port)).addListener(this::connected);
    }

    private void connected(Future<?> connected) {
        if (!connected.isSuccess()) {
            delivered.completeExceptionally(connected.cause());
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(request);
    }

    private void send(String text) {
        var unused = channel.writeAndFlush(channel.alloc().buffer().writeBytes(text.getBytes(ISO_8859_1)));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (!headEnded && bytes.isReadable()) {
                head.append((char) bytes.readByte());
                headEnded = head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0;
            }
            if (headEnded && bytes.isReadable() && !delivered.isDone()) {
                begin(context);
            }
        } finally {
            bytes.release();
        }
    }

    private void begin(ChannelHandlerContext context) {
        if (!head.toString().startsWith(webSocket ? "HTTP/1.1 101 " : "HTTP/1.1 200 ")) {
            delivered.completeExceptionally(new AssertionError(head.toString()));
            return;
        }
        if (stalls) {
            context.channel().config().setAutoRead(false);
        }
        if (webSocket) {
            send(MESSAGE);
        }
        delivered.complete(null);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        delivered.completeExceptionally(new AssertionError("the stream ended before it began: " + request + head));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        delivered.completeExceptionally(cause);
        // A reset by the gateway ends the stream.
        var unused = context.close();
    }

    /** Waits for the first bytes of the body. */
    void awaitDelivery() throws Exception {
        delivered.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until the connection has ended. A client that stalls does not notice the end. */
    void awaitEnd() throws InterruptedException {
        if (!channel.closeFuture().await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the stream is still open: " + request);
        }
    }

    /** Starts to close the connection, as RFC 6455 section 7.1.1 requires it of a WebSocket: with a close frame first. */
    void leave() {
        if (webSocket) {
            send(CLOSE);
        } else {
            close();
        }
    }

    /** Starts to reset the connection. */
    void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        close();
    }

    /** Starts to close the connection. */
    void close() {
        var unused = channel.close();
    }
}
