package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.InnoDbTransactions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Tests what the clients of a node observe while the node shuts down. The node is a separate process. */
@Timeout(300)
@Tag("database-independent")
class ShutdownIT {
    private static final GatewayNode other = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    /** Far longer than a shutdown takes, and far shorter than one that waits for an open stream. */
    private static final Duration PROMPT = Duration.ofSeconds(25);

    private static final String LONG_PHASE = "--spring.lifecycle.timeout-per-shutdown-phase=60s";

    @BeforeAll
    static void createUser() {
        other.createAccount(user, PASSWORD, "user");
    }

    private static JsonNode login() throws Exception {
        return other.login(user, PASSWORD);
    }

    private static HttpRequest.Builder request(URI uri, JsonNode pair) {
        return HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + pair.get("accessToken").asString());
    }

    private static CompletableFuture<HttpResponse<String>> begin(HttpRequest.Builder request) {
        return HttpClient.newHttpClient().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int readiness(GatewayProcess node) {
        try {
            return GatewayNode.send(HttpRequest.newBuilder(node.managementUri("/actuator/health/readiness")))
                    .statusCode();
        } catch (ConnectException e) {
            return -1;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean accepts(GatewayProcess node) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", node.uri("/").getPort()), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void stopWhenRequestsAreUnderWayThenTheyAreAnsweredAndNoNewOneIsAccepted() throws Exception {
        try (var node = GatewayProcess.start(LONG_PHASE)) {
            JsonNode pair = login();
            var slow = begin(request(node.uri("/api/slow?ms=3000"), pair));
            // Requests are handled in order, so the slow one has begun once a later one is answered.
            assertThat(begin(request(node.uri("/api/echo/a"), pair)).join().statusCode())
                    .isEqualTo(200);

            node.terminate();
            Await.until("the port closes", () -> !accepts(node));

            assertThat(slow).isNotDone();
            assertThat(node.alive()).isTrue();
            assertThat(slow.join().statusCode()).isEqualTo(200);
            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
            assertThat(node.output()).doesNotContain(" ERROR ").doesNotContain("had not ended");
        }
    }

    @Test
    void stopWhenThereIsADrainDelayThenReadinessGoesFirstAndItStillServes() throws Exception {
        try (var node = GatewayProcess.start("--portcullis.shutdown.drain-delay=8s")) {
            JsonNode pair = login();
            assertThat(readiness(node)).isEqualTo(200);

            node.terminate();
            Await.until("not ready", () -> readiness(node) == 503);

            assertThat(begin(request(node.uri("/api/echo/a"), pair)).join().statusCode())
                    .isEqualTo(200);
            assertThat(readiness(node)).isEqualTo(503);
            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
        }
    }

    @Test
    void stopWhenStreamsAreOpenThenTheyAreClosedAndDoNotHoldItUp() throws Exception {
        try (var node = GatewayProcess.start(LONG_PHASE)) {
            JsonNode pair = login();
            var events = HttpClient.newHttpClient()
                    .send(request(node.uri("/api/ticks"), pair).build(), HttpResponse.BodyHandlers.ofLines());
            var first = new CountDownLatch(1);
            CompletableFuture<Void> ended = CompletableFuture.runAsync(
                    () -> readAll(events.body(), first), Executors.newSingleThreadExecutor());
            assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
            var closed = new CompletableFuture<Integer>();
            var socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + pair.get("accessToken").asString())
                    .buildAsync(
                            URI.create(node.uri("/api/ws").toString().replaceFirst("^http", "ws")), new Closing(closed))
                    .join();

            node.terminate();

            assertThat(closed.get(PROMPT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1001);
            ended.get(PROMPT.toSeconds(), TimeUnit.SECONDS);
            assertThat(socket.isInputClosed()).isTrue();
            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
        }
    }

    /** Fails if the stream is cut off, because a chunked response must end with its last chunk. */
    private static void readAll(Stream<String> lines, CountDownLatch first) {
        lines.forEach(line -> first.countDown());
    }

    private record Closing(CompletableFuture<Integer> closed) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return WebSocket.Listener.super.onClose(webSocket, statusCode, reason);
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    @Test
    void stopWhenALogoutIsUnderWayAndItsClientHasGoneThenItIsWhollyDone() throws Exception {
        try (var node = GatewayProcess.start(LONG_PHASE);
                Connection database = GatewayNode.openDatabase()) {
            JsonNode pair = login();
            String session = pair.get("sessionId").asString();
            database.setAutoCommit(false);
            try (var lock = database.prepareStatement("SELECT id FROM auth_session WHERE id = ? FOR UPDATE")) {
                lock.setString(1, session);
                assertThat(lock.executeQuery().next()).isTrue();
            }
            try (var client = new Socket("localhost", node.uri("/").getPort())) {
                client.getOutputStream()
                        .write(
                                ("POST /system/auth/logout HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nAuthorization: Bearer "
                                                + pair.get("accessToken").asString() + "\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                Await.until("the logout waits for the row", InnoDbTransactions.waiting(database));
                client.setSoLinger(true, 0);
            }

            node.terminate();
            Await.until("the port closes", () -> !accepts(node));
            assertThat(node.alive()).isTrue();
            database.rollback();

            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
            assertThat(other.proxied(pair.get("accessToken").asString())).isEqualTo(401);
            assertThat(other.refresh(pair.get("refreshToken").asString()).statusCode())
                    .isEqualTo(401);
            try (var ended = database.prepareStatement(
                    "SELECT COUNT(*) FROM auth_session s JOIN login_log l ON l.session_id = s.id"
                            + " WHERE s.id = ? AND s.end_reason = 'LOGOUT' AND l.type = 'LOGOUT'")) {
                ended.setString(1, session);
                var rows = ended.executeQuery();
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(1);
            }
        }
    }

    @Test
    void stopWhenAServiceHangsAndItIsToldTwiceThenItEndsWithinTheLimit() throws Exception {
        var called = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newCachedThreadPool());
        service.createContext("/", exchange -> {
            called.countDown();
            awaitQuietly(release);
            exchange.close();
        });
        service.start();
        try (var node = GatewayProcess.start(
                "--spring.lifecycle.timeout-per-shutdown-phase=3s",
                "--SAMPLE_SERVICES_URI=http://localhost:" + service.getAddress().getPort())) {
            var hung = begin(request(node.uri("/api/echo/a"), login()));
            assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();

            node.terminate();
            Await.until("the port closes", () -> !accepts(node));
            node.terminate();

            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
            assertThat(statusOrEnd(hung)).isNotEqualTo(200);
        } finally {
            release.countDown();
            service.stop(0);
        }
    }

    private static int statusOrEnd(CompletableFuture<HttpResponse<String>> call) {
        try {
            return call.join().statusCode();
        } catch (CompletionException e) {
            return -1;
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            boolean unused = latch.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
