package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.SampleServices;
import io.portcullis.testbed.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the last line of the failure table: a failing service causes 502 or 504 for its own callers only. */
@Tag("database-independent")
class UpstreamFailureIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final int POOL = 8;
    private static final int CUT = 0;

    private static final SampleServices services = SampleServices.start();
    private static final TcpProxy proxy = TcpProxy.to("127.0.0.1", services.port());
    private static final ServerSocket cutting = startTruncatingService();
    private static final GatewayNode node = GatewayNode.start(arguments());
    private static final ExecutorService callers = Executors.newFixedThreadPool(4 * POOL);

    private static String access = "";

    private static String[] arguments() {
        String client = "--spring.cloud.gateway.server.webflux.httpclient.";
        String proxied = "http://127.0.0.1:" + proxy.port();
        return new Routes()
                .add("/api/status/**", services.uri())
                .add("/api/cut/**", "http://127.0.0.1:" + cutting.getLocalPort())
                .add("/api/slow", proxied)
                .add("/api/echo/**", proxied)
                .add("/api/ticks", services.uri())
                .add("/public/echo/**", services.uri())
                .arguments(
                        client + "response-timeout=3s",
                        client + "connect-timeout=2000",
                        client + "pool.max-connections=" + POOL,
                        client + "pool.acquire-timeout=1500");
    }

    /** Starts a service that begins each response and then resets the connection. */
    private static ServerSocket startTruncatingService() {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(() -> truncateResponses(server), "cutting");
            thread.setDaemon(true);
            thread.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void truncateResponses(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                byte[] request = new byte[8_192];
                int length = socket.getInputStream().read(request);
                boolean chunked = new String(request, 0, length, StandardCharsets.US_ASCII).contains("/chunked");
                socket.getOutputStream().write(beginning(chunked).getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                // Waits, because the reset could otherwise overtake the first bytes.
                Thread.sleep(100);
                socket.setSoLinger(true, 0);
            } catch (IOException | InterruptedException e) {
                return;
            }
        }
    }

    private static String beginning(boolean chunked) {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                + (chunked ? "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" : "Content-Length: 1000\r\n\r\n")
                + "the beginning";
    }

    @BeforeAll
    static void logIn() throws Exception {
        node.createAccount(user, PASSWORD, "user");
        access = node.login(user, PASSWORD).get("accessToken").asString();
    }

    @AfterEach
    void everythingWorksAgain() throws Exception {
        proxy.heal();
        Await.until(
                "the pool is whole again",
                () -> statuses(POOL, () -> status("/api/echo/a")).stream().allMatch(status -> status == 200));
    }

    @AfterAll
    static void close() throws Exception {
        node.close();
        callers.shutdownNow();
        proxy.close();
        cutting.close();
        services.close();
    }

    private static int status(String path) throws Exception {
        return node.call("GET", path, access, null).statusCode();
    }

    /** The fast path buffers a short response completely, so that it can still answer 502; a longer response is cut off. */
    private static int statusOrCut(String path) throws Exception {
        try {
            return status(path);
        } catch (IOException e) {
            return CUT;
        }
    }

    private static List<Integer> statuses(int count, Callable<Integer> call) throws Exception {
        List<Future<Integer>> calls =
                IntStream.range(0, count).mapToObj(i -> callers.submit(call)).toList();
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> each : calls) {
            statuses.add(each.get());
        }
        return statuses;
    }

    private static void assertOtherRoutesWork() throws Exception {
        assertThat(statuses(POOL, () -> status("/api/status/200"))).containsOnly(200);
    }

    @Test
    void callWhenTheServiceIsSlowThen504() throws Exception {
        HttpResponse<String> response = node.call("GET", "/api/slow?ms=20000", access, null);

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(response.body()).contains("\"code\":504");
        assertOtherRoutesWork();
    }

    @Test
    void callsWhenThePoolIsExhaustedThen503AndOtherRoutesServe() throws Exception {
        Future<List<Integer>> slow = callers.submit(() -> statuses(2 * POOL, () -> status("/api/slow?ms=20000")));
        assertOtherRoutesWork();

        assertThat(slow.get()).containsOnly(503, 504).contains(503).contains(504);
    }

    @Test
    void callWhenTheServiceIsDeadThen502() throws Exception {
        assertThat(status("/api/echo/a")).isEqualTo(200);
        proxy.refuse();
        proxy.cut();

        assertThat(statuses(2 * POOL, () -> status("/api/echo/a"))).containsOnly(502);
        assertOtherRoutesWork();
    }

    @Test
    void callWhenIdleConnectionsWereCutThenNobodyNotices() throws Exception {
        assertThat(statuses(POOL, () -> status("/api/echo/a"))).containsOnly(200);
        proxy.cut();

        assertThat(statuses(POOL, () -> status("/api/echo/a"))).containsOnly(200);
    }

    @Test
    void callWhenResetInsteadOfAnsweredThen502AndNotSentAgain() throws Exception {
        assertThat(status("/api/echo/a")).isEqualTo(200);
        var triggered = proxy.dropResponse("POST /api/echo/once");

        HttpResponse<String> response = node.call("POST", "/api/echo/once", access, "{}");

        assertThat(triggered).isDone();
        assertThat(response.statusCode()).isEqualTo(502);
        assertOtherRoutesWork();
    }

    /** The test's time limit is below the gateway's idle timeout, so the gateway must close the connection at once. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/cut/sized", "/api/cut/chunked"})
    @Timeout(30)
    void callWhenResetInTheMiddleThenTheAnswerDoesNotEndWell(String path) throws Exception {
        assertThat(statusOrCut(path)).isIn(CUT, 502);
        assertOtherRoutesWork();
    }

    @Test
    void callsWhenBlackHoledThen504() throws Exception {
        assertThat(status("/api/echo/a")).isEqualTo(200);
        proxy.blackHole();

        assertThat(statuses(POOL, () -> status("/api/echo/a"))).containsOnly(504);
        assertOtherRoutesWork();
    }
}
