package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Services that do not read the bodies that are sent to them: how much memory each upload holds on the fast path, for how long, and that
 * the node goes on.
 */
@Timeout(180)
@Tag("database-independent")
class StalledServiceIT {
    private static final int UPLOADS = 100;
    /** The water mark of the service's connection, and two receive buffers of the client's. */
    private static final long MAX_BYTES_PER_UPLOAD = 256 * 1024;

    private static final byte[] BODY = new byte[64 * 1024];
    private static final byte[] CHUNKS =
            ("1000\r\n" + "x".repeat(4_096) + "\r\n").repeat(16).getBytes(ISO_8859_1);

    private static final ConcurrentLinkedQueue<Socket> accepted = new ConcurrentLinkedQueue<>();
    private static final ServerSocket service = startService();
    private static final GatewayNode node = start();

    private static long idle;

    private static ServerSocket startService() {
        try {
            ServerSocket server = new ServerSocket();
            server.setReceiveBufferSize(16 * 1024);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
            Thread thread = new Thread(() -> accept(server), "deaf");
            thread.setDaemon(true);
            thread.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                accepted.add(server.accept());
            } catch (IOException e) {
                return;
            }
        }
    }

    private static GatewayNode start() {
        String uri = "http://127.0.0.1:" + service.getLocalPort();
        return GatewayNode.start(new Routes()
                .add("/deaf/**", uri, "metadata.auth=none")
                .arguments(
                        "--portcullis.http.write-timeout=4s",
                        // A caller has half of an event loop's connections at most.
                        "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=4000"));
    }

    @BeforeAll
    static void measureIdleMemory() throws Exception {
        assertThat(node.get("/system/auth/me").statusCode()).isEqualTo(401);
        idle = PlatformDependent.usedDirectMemory();
    }

    @AfterAll
    static void stop() throws IOException {
        node.close();
        service.close();
        for (Socket each : accepted) {
            each.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000000", "Transfer-Encoding: chunked"})
    void uploadsWhenTheServiceReadsNothingThenEachHoldsLittleAndNotForLong(String framing) throws Exception {
        var highest = new LongAccumulator(Math::max, 0);
        List<Upload> uploads = new ArrayList<>();
        try {
            for (int i = 0; i < UPLOADS; i++) {
                uploads.add(begin(node, framing));
            }
            Await.until("the uploads have been ended", Duration.ofSeconds(60), () -> {
                uploads.removeIf(upload -> !write(upload));
                highest.accumulate(PlatformDependent.usedDirectMemory() - idle);
                return uploads.isEmpty();
            });
        } finally {
            for (Upload upload : uploads) {
                upload.client.close();
            }
        }

        System.out.printf("direct memory per stalled upload (%s): %d bytes%n", framing, highest.get() / UPLOADS);
        assertThat(highest.get() / UPLOADS).as("bytes per upload").isLessThan(MAX_BYTES_PER_UPLOAD);
        assertThat(node.get("/system/auth/me").statusCode()).isEqualTo(401);
    }

    private static Upload begin(GatewayNode node, String framing) throws IOException {
        SocketChannel client = SocketChannel.open(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), node.uri("/").getPort()));
        String head = "POST /deaf/a HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n";
        int unused = client.write(ByteBuffer.wrap(head.getBytes(ISO_8859_1)));
        client.configureBlocking(false);
        byte[] part = framing.startsWith("Transfer") ? CHUNKS : BODY;
        return new Upload(client, ByteBuffer.wrap(part));
    }

    /** Writes as much as the connection takes; false if the gateway has ended the upload. */
    private static boolean write(Upload upload) {
        try {
            do {
                if (!upload.part.hasRemaining()) {
                    upload.part.rewind();
                }
            } while (upload.client.write(upload.part) > 0);
            return upload.client.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** @param part what is written next, again and again */
    private record Upload(SocketChannel client, ByteBuffer part) {}
}
