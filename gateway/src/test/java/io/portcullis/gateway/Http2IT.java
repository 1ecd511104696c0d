package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.Await;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Tests a gateway whose clients speak HTTP/2 over TLS, with a client that negotiates the protocol. */
@Timeout(120)
@Tag("database-independent")
class Http2IT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final StreamingService streams = new StreamingService();
    /** Reads no body before the test has seen that the upload waits. */
    private static final CompletableFuture<Void> mayRead = new CompletableFuture<>();

    private static final ServerSocket slowReader = startSlowReader();
    private static final GatewayNode node = start();

    private static GatewayNode start() {
        List<String> arguments = new ArrayList<>(TestKeys.arguments());
        arguments.add("--server.http2.enabled=true");
        return GatewayNode.start(new Routes()
                .add("/api/echo/**", "${SAMPLE_SERVICES_URI}")
                .add("/s/**", streams.uri(), "metadata.websocket=true")
                .add("/slow-reader/**", "http://127.0.0.1:" + slowReader.getLocalPort())
                .arguments(arguments.toArray(String[]::new)));
    }

    /** A service for one request with a chunked body, which answers with the number of bytes of all chunks. */
    private static ServerSocket startSlowReader() {
        try {
            ServerSocket server = new ServerSocket();
            server.setReceiveBufferSize(16 * 1024);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread thread = new Thread(() -> readSlowly(server), "slow-reader");
            thread.setDaemon(true);
            thread.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readSlowly(ServerSocket server) {
        try (Socket socket = server.accept()) {
            mayRead.join();
            var input = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            while (!readLine(input).isEmpty()) {
                // The head.
            }
            long bytes = 0;
            for (int size; (size = Integer.parseInt(readLine(input), 16)) > 0; bytes += size) {
                input.skipNBytes(size + 2);
            }
            String body = String.valueOf(bytes);
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(body.length(), body)
                            .getBytes(ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readLine(DataInputStream input) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next; (next = input.readUnsignedByte()) != '\n'; ) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void stop() throws IOException {
        node.close();
        streams.close();
        slowReader.close();
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    @Test
    void sessionWhenUsedFromLoginToLogoutThenAsWithHttp1() throws Exception {
        var client = new Http2Client(node);
        JsonNode pair = client.login(user, PASSWORD);

        var proxied = client.get("/api/echo/a", access(pair), "X-User-Id", "evil", "x_user_name", "evil");
        assertThat(proxied.statusCode()).isEqualTo(200);
        assertThat(proxied.body())
                .contains("X-User-Id", user, "\"X-Forwarded-Proto\":[\"https\"]")
                .doesNotContain("evil", "x-http2", "pca_");
        assertThat(client.get("/api/echo/a", null).statusCode()).isEqualTo(401);
        assertThat(client.get("/api/echo/a", "pca_x").headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).contains("invalid_token"));

        JsonNode next = GatewayNode.data(client.post(
                "/system/auth/refresh-token?refreshToken="
                        + pair.get("refreshToken").asString(),
                null));
        assertThat(client.get("/api/echo/a", access(next)).statusCode()).isEqualTo(200);

        assertThat(client.post("/system/auth/logout", access(next)).body()).contains("\"data\":true");
        assertThat(client.get("/api/echo/a", access(next)).statusCode()).isEqualTo(401);
        assertThat(client.get("/system/auth/me", access(pair)).statusCode()).isEqualTo(401);
    }

    @Test
    void requestWhenOfHttp1OnTheSamePortThenItTakesTheFastPathAndThoseOfHttp2DoNot() throws Exception {
        var http2 = new Http2Client(node);
        HttpClient http1 = Http2Client.client(HttpClient.Version.HTTP_1_1);
        String token = access(http2.login(user, PASSWORD));
        long before = node.bean(FastPath.class).count();

        HttpRequest request =
                http2.request("/api/echo/a", token, "X-User-Id", "evil").build();
        var response = http1.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(http2.get("/api/echo/a", token).statusCode()).isEqualTo(200);

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.body()).contains("X-User-Id").doesNotContain("evil");
        assertThat(node.bean(FastPath.class).count() - before).isEqualTo(1);
    }

    @Test
    void webSocketWhenOfHttp1OnTheSamePortThenItWorks() throws Exception {
        var client = new Http2Client(node);
        String token = access(client.login(user, PASSWORD));
        var opened = client.http()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(
                        URI.create(node.uri("/s/ws-quiet?n=" + UUID.randomUUID())
                                .toString()
                                .replaceFirst("^http", "ws")),
                        new WebSocket.Listener() {})
                .get(20, TimeUnit.SECONDS);

        assertThat(opened.isInputClosed()).isFalse();
        opened.abort();
    }

    @Test
    void streamsWhenTheirSessionEndsThenTheyEndAndOthersOfTheConnectionGoOn() throws Exception {
        var client = new Http2Client(node);
        for (String path : List.of("/s/events", "/s/chunked", "/s/close")) {
            String token = access(client.login(user, PASSWORD));
            String other = access(client.login(user, PASSWORD));
            String mine = path + "?n=" + UUID.randomUUID();
            try (Stream<byte[]> kept = pieces(client, path + "?n=" + UUID.randomUUID(), other);
                    Stream<byte[]> ended = pieces(client, mine, token)) {
                Iterator<byte[]> keptPieces = kept.iterator();
                Iterator<byte[]> endedPieces = ended.iterator();
                assertThat(endedPieces.next()).isNotEmpty();
                assertThat(keptPieces.next()).isNotEmpty();

                assertThat(client.post("/system/auth/logout", token).statusCode())
                        .isEqualTo(200);

                assertThat(catchThrowable(() -> readMany(endedPieces)))
                        .as(path)
                        .isInstanceOf(UncheckedIOException.class);
                assertThat(streams.awaitEnd(mine)).isEqualTo("end");
                assertThat(keptPieces.next()).isNotEmpty();
                assertThat(keptPieces.next()).isNotEmpty();
            }
        }
    }

    /** More pieces than can have been under way when the session ended. */
    private static void readMany(Iterator<byte[]> pieces) {
        for (int i = 0; i < 1_000; i++) {
            assertThat(pieces.next()).isNotEmpty();
        }
    }

    /** Returns the pieces of a body as they arrive. */
    private static Stream<byte[]> pieces(Http2Client client, String path, String token) throws Exception {
        var response = client.send(client.request(path, token), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        var input = response.body();
        return Stream.generate(() -> {
                    byte[] piece = new byte[64];
                    try {
                        int length = input.read(piece);
                        return length < 0 ? new byte[0] : Arrays.copyOf(piece, length);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .takeWhile(piece -> piece.length > 0)
                .onClose(() -> closeQuietly(input));
    }

    private static void closeQuietly(InputStream input) {
        try {
            input.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void uploadWhenTheServiceDoesNotReadThenTheClientWaits() throws Exception {
        var client = new Http2Client(node);
        String token = access(client.login(user, PASSWORD));
        var body = new CountedBody(32 * 1024 * 1024);
        var response = client.http()
                .sendAsync(
                        client.request("/slow-reader/a", token)
                                .POST(HttpRequest.BodyPublishers.fromPublisher(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Await.until("the upload has begun", () -> body.sent.get() > 0);
        // The other requests of the connection go on meanwhile.
        for (int i = 0; i < 20; i++) {
            assertThat(client.get("/api/echo/a", token).statusCode()).isEqualTo(200);
        }
        assertThat(body.sent.get()).as("bytes before the service reads").isLessThan(16 * 1024 * 1024);

        mayRead.complete(null);

        assertThat(response.get(60, TimeUnit.SECONDS).body()).isEqualTo(String.valueOf(body.length));
    }

    /** A body that counts the bytes for which the client has asked. */
    private static final class CountedBody implements Flow.Publisher<ByteBuffer> {
        private static final int PART = 16 * 1024;
        private final long length;
        private final AtomicLong sent = new AtomicLong();

        CountedBody(long length) {
            this.length = length;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    for (long i = 0; i < n && sent.get() < length; i++) {
                        long total = sent.addAndGet(PART);
                        subscriber.onNext(ByteBuffer.allocate(PART));
                        if (total == length) {
                            subscriber.onComplete();
                        }
                    }
                }

                @Override
                public void cancel() {}
            });
        }
    }
}
