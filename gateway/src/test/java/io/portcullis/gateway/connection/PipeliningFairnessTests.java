package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

/** Two clients on one event loop, one of which pipelines requests that are answered at once. */
class PipeliningFairnessTests {
    private static final int PIPELINED = 50;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Responder responder = new Responder();
    private Channel server;
    private Socket first;
    private Socket second;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(NettyPipeline.HttpCodec, new HttpServerCodec());
                        channel.pipeline().addLast(responder);
                        PipeliningGate.addTo(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        first = open();
        second = open();
    }

    @AfterEach
    void close() throws IOException {
        first.close();
        second.close();
        server.close().syncUninterruptibly();
        loop.shutdownGracefully().syncUninterruptibly();
    }

    private Socket open() throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        // After the first answer the event loop reads this connection.
        send(socket, "/connected");
        readResponses(socket, 1);
        return socket;
    }

    private static void send(Socket socket, String... paths) {
        StringBuilder requests = new StringBuilder();
        for (String path : paths) {
            requests.append("GET ").append(path).append(" HTTP/1.1\r\n\r\n");
        }
        try {
            socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readResponses(Socket socket, int count) throws IOException {
        InputStream in = socket.getInputStream();
        int ends = 0;
        int matched = 0;
        while (ends < count) {
            int next = in.read();
            assertThat(next).isNotNegative();
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : (next == '\r' ? 1 : 0);
            if (matched == 4) {
                ends++;
                matched = 0;
            }
        }
    }

    @Test
    void requestWhenAnotherClientPipelinesThenIsPassedBetweenItsRequests() throws IOException {
        String[] pipelined = new String[PIPELINED];
        for (int i = 0; i < PIPELINED; i++) {
            pipelined[i] = "/" + i;
        }

        // The event loop handles the first request until the second client has sent its request.
        send(first, pipelined);
        Await.until("the first request is handled", () -> responder.paths.contains("/0"));
        send(second, "/second");
        responder.released = true;

        readResponses(first, PIPELINED);
        readResponses(second, 1);
        assertThat(responder.paths).containsSubsequence("/0", "/second", "/" + (PIPELINED - 1));
        assertThat(responder.paths).hasSize(PIPELINED + 3);
    }

    /** Answers each request within the call that receives it. */
    @Sharable
    private static final class Responder extends SimpleChannelInboundHandler<HttpRequest> {
        final List<String> paths = new CopyOnWriteArrayList<>();
        volatile boolean released;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpRequest request) {
            paths.add(request.uri());
            boolean held = request.uri().equals("/0");
            while (held) {
                held = !released;
            }
            var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            var unused = context.writeAndFlush(response);
        }
    }
}
