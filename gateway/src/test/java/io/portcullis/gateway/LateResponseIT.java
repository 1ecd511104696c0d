package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.portcullis.gateway.ScriptedService.Request;
import io.portcullis.gateway.ScriptedService.Wire;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Responses that arrive in the filter chain in the same moment in which their response timeout passes or their client leaves: the gateway
 * closes the connection to the service, and loses no buffer.
 */
@Tag("database-independent")
class LateResponseIT {
    private static final ResourceLeakDetector.Level detection = ResourceLeakDetector.getLevel();
    private static final ScriptedService service = ScriptedService.startLasting(LateResponseIT::respond);
    // A pool that is too small to be shared out, so that the connection of a call may belong to another thread than its
    // client.
    private static final GatewayNode node = GatewayNode.startWith(
            StalledArrivals.class,
            new Routes()
                    .add("/timeout/**", service.uri(), "metadata.auth=none", "metadata.response-timeout=2000")
                    .add("/call/**", service.uri(), "metadata.auth=none", "metadata.response-timeout=30000")
                    .arguments(
                            RequestPath.FILTER_CHAIN.argument(),
                            "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=8"));

    private final LogCapture leaks = LogCapture.of(ResourceLeakDetector.class, Level.ERROR);

    @BeforeAll
    static void trackBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @AfterAll
    static void close() throws IOException {
        ResourceLeakDetector.setLevel(detection);
        node.close();
        service.close();
    }

    @BeforeEach
    void keepOneConnection() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(node.get("/call/kept", "X-Mark", "kept").body()).isEqualTo("kept");
        }
        assertThat(service.wires()).as("kept connections to the service").hasSize(1);
    }

    @AfterEach
    void stopCapture() {
        leaks.close();
    }

    /** The rest of a body that begins comes never. */
    private static void respond(Request request, Wire wire) throws IOException {
        wire.send(
                request.path().endsWith("/begun")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun"
                        : ScriptedResponse.ok(request.header("x-mark")));
    }

    @Test
    void responseWhenItsTimeoutPassesAtItsArrivalThenItsConnectionIsClosed() throws Exception {
        passTimeoutAtArrival("/timeout/stalled/begun");

        awaitClosedConnection();
        assertNoBufferIsLost();
    }

    @Test
    void responseWhenItsClientLeavesAtItsArrivalThenItsConnectionIsClosed() throws Exception {
        leaveAtArrival("/call/stalled/begun");

        awaitClosedConnection();
        assertNoBufferIsLost();
    }

    /** Its connection is back in the pool before anything could close it. */
    @Test
    void responseWhenItIsCompleteAndItsTimeoutPassesAtItsArrivalThenItsBodyIsReleased() throws Exception {
        passTimeoutAtArrival("/timeout/stalled/complete");

        assertThat(node.get("/call/kept", "X-Mark", "next").body()).isEqualTo("next");
        assertThat(service.wires()).as("kept connections to the service").hasSize(1);
        assertNoBufferIsLost();
    }

    private static void passTimeoutAtArrival(String path) throws Exception {
        int before = StalledArrivals.ARRIVED.get();
        assertThat(node.get(path, "X-Mark", "late").statusCode()).isEqualTo(504);
        assertThat(StalledArrivals.ARRIVED).hasValue(before + 1);
    }

    private static void leaveAtArrival(String path) throws IOException {
        int before = StalledArrivals.ARRIVED.get();
        // A further connection of a client, thus on another event loop than the kept connection.
        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), node.uri("/").getPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Mark: late\r\n\r\n";
            client.getOutputStream().write(request.getBytes(ISO_8859_1));
            Await.until("the response has arrived", () -> StalledArrivals.ARRIVED.get() == before + 1);
        }
    }

    private static void awaitClosedConnection() {
        Await.until(
                "the connection to the service is closed", () -> service.wires().isEmpty());
    }

    private void assertNoBufferIsLost() throws InterruptedException {
        // When an object of the second collection is found, Netty has what was found in the first one.
        collectGarbage();
        collectGarbage();
        // Netty reports lost buffers when the next ones are allocated.
        for (int i = 0; i < 100; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        assertThat(leaks.lines().size()).as("lost buffers").isZero();
    }

    private static void collectGarbage() throws InterruptedException {
        var queue = new ReferenceQueue<Object>();
        var reference = new WeakReference<>(new Object(), queue);
        System.gc();
        assertThat(queue.remove()).isSameAs(reference);
    }
}
