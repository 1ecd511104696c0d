package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that client and service of a WebSocket see each other as without a gateway, from the handshake on (docs/adr/0036). */
@Tag("database-independent")
class WebSocketRelayIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String ACCEPTED =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3p\r\n";
    private static final String BODY = "no room\n";
    private static final Map<String, ScriptedService.Request> requests = new ConcurrentHashMap<>();
    private static final Map<String, CompletableFuture<String>> ends = new ConcurrentHashMap<>();
    private static final ScriptedService service = ScriptedService.start(WebSocketRelayIT::answer);
    private static final GatewayNode node = GatewayNode.start(arguments());

    private static String token = "";

    @BeforeAll
    static void logIn() throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        token = node.login(user, PASSWORD).get("accessToken").asString();
    }

    @AfterAll
    static void close() throws IOException {
        node.close();
        service.close();
    }

    private static String[] arguments() {
        // HTTP/1.1 has another codec on a port that speaks HTTP/2 too.
        List<String> arguments = new ArrayList<>(List.of("--server.http2.enabled=true"));
        addRoute(arguments, 0, "relay", service.uri(), "/w/**");
        arguments.add(route(0) + "filters[0]=AddResponseHeader=X-Added, yes");
        addRoute(arguments, 1, "dead", "http://127.0.0.1:1", "/dead/**");
        addRoute(arguments, 2, "silent", service.uri(), "/silent/**");
        arguments.add(route(2) + "metadata.response-timeout=500");
        // The file that ships has more routes.
        for (int i = 3; i < 6; i++) {
            addRoute(arguments, i, "relay-" + i, service.uri().replace("http", "ws"), "/wsonly/**");
        }
        return arguments.toArray(String[]::new);
    }

    private static String route(int index) {
        return "--spring.cloud.gateway.server.webflux.routes[" + index + "].";
    }

    private static void addRoute(List<String> arguments, int index, String id, String uri, String path) {
        arguments.add(route(index) + "id=" + id);
        arguments.add(route(index) + "uri=" + uri);
        arguments.add(route(index) + "predicates[0]=Path=" + path);
        arguments.add(route(index) + "metadata.websocket=true");
    }

    private static void answer(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        requests.put(request.path(), request);
        switch (request.path().replaceFirst("\\?.*", "")) {
            case "/w/ws-length" -> wire.send(refusal("Content-Length: " + BODY.length(), BODY));
            case "/w/ws-chunked" -> wire.send(refusal("Transfer-Encoding: chunked", "8\r\n" + BODY + "\r\n0\r\n\r\n"));
            case "/w/ws-until-close" -> {
                wire.send(refusal("Connection: close", BODY));
                wire.close();
            }
            case "/w/ws-version" ->
                wire.send("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n");
            case "/silent/ws" -> wire.read();
            case "/w/ws-gone" -> wire.close();
            case "/w/ws-other" ->
                wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
            case "/w/ws-junk" -> wire.send("HTTP/1.1 1o1 what\r\n\r\n");
            case "/w/ws-chat" ->
                wire.send(ACCEPTED
                        + "Sec-WebSocket-Protocol: chat.v2\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
                        + "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n\u0081\u0002hi");
            case "/w/ws-brief" -> {
                wire.send(ACCEPTED + "\r\n\u0081\u0002hi\u0088\u0002\u0003\u00e8");
                wire.close();
            }
            case "/wsonly/ws-interim" -> {
                wire.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
                echo(wire);
            }
            case "/w/ws-torn" -> {
                wire.send(ACCEPTED + "\r\n\u0081\u0005he");
                recordEnd(request, wire);
            }
            case "/w/plain" -> wire.send(ScriptedResponse.ok("plain"));
            default -> echo(wire);
        }
    }

    private static String refusal(String header, String body) {
        return "HTTP/1.1 403 Forbidden\r\nX-Reason: full\r\nSet-Cookie: a=b\r\nContent-Type: text/plain\r\n" + header
                + "\r\n\r\n" + body;
    }

    /** Sends back each byte. */
    private static void echo(ScriptedService.Wire wire) throws IOException {
        wire.send(ACCEPTED + "\r\n");
        wire.echo();
    }

    private static void recordEnd(ScriptedService.Request request, ScriptedService.Wire wire) {
        StringBuilder received = new StringBuilder();
        try {
            for (int next; (next = wire.read()) >= 0; ) {
                received.append((char) next);
            }
        } catch (IOException e) {
            received.append("reset");
        }
        ends.computeIfAbsent(request.path(), any -> new CompletableFuture<>()).complete(received.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/w/ws-length", "/w/ws-chunked", "/w/ws-until-close"})
    void handshakeWhenTheServiceRefusesThenItsResponseReachesTheClient(String path) throws Exception {
        try (StreamClient client = StreamClient.request(node, path, token)) {
            client.awaitBody(BODY);

            assertThat(client.status()).isEqualTo("HTTP/1.1 403 Forbidden");
            assertThat(client.body()).contains(BODY);
            assertThat(client.head()).contains("X-Reason: full", "Set-Cookie: a=b", "X-Added: yes");
        }
    }

    @Test
    void handshakeWhenTheServiceRefusesThenTheConnectionCarriesTheNextRequest() throws Exception {
        String handshake = "GET /w/ws-length HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                + StreamClient.UPGRADE + "\r\n";
        String next = "GET /w/plain HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                + "\r\nConnection: close\r\n\r\n";

        String responses = RawHttp.exchange(node, handshake + next);

        assertThat(responses).containsSubsequence("HTTP/1.1 403", BODY, "HTTP/1.1 200", "plain");
    }

    @ParameterizedTest
    @CsvSource({"/dead/ws,502", "/silent/ws,504", "/w/ws-gone,502", "/w/ws-other,502", "/w/ws-junk,502"})
    void handshakeWhenTheServiceFailsThenTheClientIsToldSo(String path, int status) throws Exception {
        try (StreamClient client = StreamClient.request(node, path, token)) {
            client.awaitBody("}");

            assertThat(client.status()).startsWith("HTTP/1.1 " + status + " ");
            assertThat(client.body()).contains("\"code\":" + status);
        }
    }

    @Test
    void handshakeWhenAcceptedThenTheClientReceivesTheHeadAndTheBytesBehindIt() throws Exception {
        try (StreamClient client = StreamClient.open(node, "/w/ws-chat", token)) {
            client.awaitBody("hi");

            assertThat(client.status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            assertThat(client.head())
                    .containsIgnoringCase("Upgrade: websocket")
                    .containsIgnoringCase("Connection: upgrade")
                    .contains(
                            "Sec-WebSocket-Accept: s3p",
                            "Sec-WebSocket-Protocol: chat.v2",
                            "Sec-WebSocket-Extensions: permessage-deflate",
                            "Set-Cookie: a=b",
                            "Set-Cookie: c=d",
                            "X-Added: yes")
                    .doesNotContainIgnoringCase("transfer-encoding", "content-length");
            assertThat(client.body()).isEqualTo("\u0081\u0002hi");
        }
    }

    @Test
    void handshakeWhenTheServiceChoosesNoProtocolThenTheClientIsToldNone() throws Exception {
        try (StreamClient client = StreamClient.request(
                node, "/w/ws-echo?protocol", token, "Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Extensions: x")) {
            assertThat(client.head()).doesNotContainIgnoringCase("protocol:");
            assertThat(Objects.requireNonNull(requests.get("/w/ws-echo?protocol"))
                            .headers())
                    .containsEntry("sec-websocket-protocol", "a, b")
                    .containsEntry("sec-websocket-extensions", "x")
                    .containsEntry("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
                    .containsEntry("sec-websocket-version", "13")
                    .containsEntry("upgrade", "websocket")
                    .containsKey("x-user-id")
                    .doesNotContainKey("authorization");
        }
    }

    @Test
    void handshakeWhenTheServiceSpeaksAnotherVersionThenTheClientIsToldWhich() throws Exception {
        try (StreamClient client = StreamClient.request(node, "/w/ws-version", token)) {
            assertThat(client.status()).isEqualTo("HTTP/1.1 426 Upgrade Required");
            assertThat(client.head()).contains("Sec-WebSocket-Version: 13");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST,Connection: Upgrade|Upgrade: websocket",
        "GET,Connection: keep-alive|Upgrade: websocket",
        "GET,Connection: Upgrade|Upgrade: websocket|Content-Length: 4",
        "GET,Connection: Upgrade|Upgrade: websocket|Transfer-Encoding: chunked"
    })
    void handshakeWhenItCannotBeOneThen400AndTheServiceIsNotAsked(String method, String headers) {
        String path = "/w/ws-bad-" + UUID.randomUUID();
        String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + headers.replace("|", "\r\n") + "\r\n\r\n";

        assertThat(RawHttp.exchange(node, request + "abcd"))
                .startsWith("HTTP/1.1 400 ")
                .containsAnyOf("expected", "has none");
        assertThat(requests).doesNotContainKey(path);
    }

    @Test
    void requestWhenTheRouteIsForWebSocketsAloneThen400() {
        String request = "GET /wsonly/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n";

        assertThat(RawHttp.exchange(node, request))
                .startsWith("HTTP/1.1 400 ")
                .contains("Upgrade (expected: websocket)");
    }

    /** The codec has taken the frame for a request, so that it can be neither relayed nor answered. */
    @Test
    void handshakeWhenTheClientDoesNotWaitForTheResponseThenTheConnectionIsClosed() {
        String handshake = "GET /w/ws-echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                + StreamClient.UPGRADE + "\r\n";

        assertThat(RawHttp.exchange(node, handshake + "\u0081\u0082\0\0\0\0hi")).doesNotContain("hi");
        assertThat(RawHttp.exchange(node, handshake + "GET /w/plain HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isEmpty();
    }

    @Test
    void relayWhenTheServiceHasLeftAtOnceThenTheClientReceivesAllOfIt() throws Exception {
        try (StreamClient client = StreamClient.request(node, "/w/ws-brief", token)) {
            client.awaitEnd();

            assertThat(client.body()).isEqualTo("\u0081\u0002hi\u0088\u0002\u0003\u00e8");
        }
    }

    /** Random bytes are frames of any kind, legal or not, fragmented, of any length: none may be changed, held back or lost. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void relayWhenBytesAreRandomThenBothPeersReceiveThemUnchanged(long seed) throws Exception {
        Random random = new Random(seed);
        byte[] sent = new byte[18 * 1024 * 1024];
        random.nextBytes(sent);
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /w/ws-echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                                    + StreamClient.UPGRADE + "\r\n")
                            .getBytes(ISO_8859_1));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            assertThat(head).startsWith("HTTP/1.1 101 ");
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> sendInPieces(socket, sent, random));

            byte[] received = socket.getInputStream().readNBytes(sent.length);

            writing.join();
            assertThat(received).isEqualTo(sent);
        }
    }

    private static void sendInPieces(Socket socket, byte[] bytes, Random random) {
        try {
            OutputStream output = socket.getOutputStream();
            for (int at = 0; at < bytes.length; ) {
                int length =
                        Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 2_000_000 : 3_000));
                output.write(bytes, at, length);
                at += length;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The parts of the service's head may arrive together or one by one, at any moment of the client's. */
    @Test
    void handshakeWhenManyAreMadeThenEachIsAnsweredAndRelayed() throws Exception {
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(CompletableFuture.runAsync(WebSocketRelayIT::openAndCloseMany));
        }
        for (CompletableFuture<Void> client : clients) {
            client.join();
        }
        Await.until("no stream is open", () -> node.bean(OpenStreams.class).count() == 0);
    }

    private static void openAndCloseMany() {
        try {
            for (int i = 0; i < 100; i++) {
                try (StreamClient client = StreamClient.request(node, "/wsonly/ws-interim", token)) {
                    client.send("\u0081\u0082\0\0\0\0hi");
                    client.awaitBody("hi");
                    assertThat(client.body()).isEqualTo("\u0081\u0082\0\0\0\0hi");
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closeWhenAFrameIsTornThenTheConnectionsEndWithoutACloseFrameInIt() throws Exception {
        String path = "/w/ws-torn?" + UUID.randomUUID();
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        String own = node.login(user, PASSWORD).get("accessToken").asString();
        try (StreamClient client = StreamClient.open(node, path, own)) {
            client.awaitBody("he");
            client.send("\u0081\u0085\0\0\0\0he");
            Await.until("both streams are relayed", () -> requests.containsKey(path));

            node.call("POST", "/system/auth/logout", own, null);

            client.awaitEnd();
            assertThat(client.body()).isEqualTo("\u0081\u0005he");
            assertThat(ends.computeIfAbsent(path, any -> new CompletableFuture<>())
                            .join())
                    .isIn("\u0081\u0085\0\0\0\0he", "\u0081\u0085\0\0\0\0hereset");
        }
    }
}
