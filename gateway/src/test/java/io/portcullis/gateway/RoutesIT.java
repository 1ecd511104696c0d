package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the metadata of a route decides, and what a request on it must withstand. */
@Tag("database-independent")
class RoutesIT {
    private static final String PASSWORD = "some-demo-pass";
    /** Of two routes alone: any other response may take longer on a busy machine. */
    private static final int TIMEOUT_MILLIS = 2_000;

    private static final String user = "user-" + UUID.randomUUID();
    private static final String WEB_SOCKET = String.join(
            "\r\n",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "");

    private static final GatewayNode node = GatewayNode.start(arguments());

    private static String access = "";

    private static String[] arguments() {
        String services = "${SAMPLE_SERVICES_URI}";
        return new Routes()
                .add("/api/echo/optional/**", services, "metadata.auth=optional")
                .add("/api/echo/roles/**", services, "metadata.roles[0]=editor")
                .add("/api/echo/forward/**", services, "metadata.forward-token=true")
                .add("/api/ws", "${SAMPLE_SERVICES_WS_URI}")
                .add("/api/dead", "http://127.0.0.1:1")
                .add("/api/slow", services, "metadata.response-timeout=" + TIMEOUT_MILLIS)
                .add("/api/ticks", services, "metadata.response-timeout=" + TIMEOUT_MILLIS)
                .add("/public/echo/**", services, "metadata.auth=none")
                .add("/api/**", services)
                .arguments("--portcullis.http.cookies=on");
    }

    @BeforeAll
    static void logIn() throws Exception {
        node.createAccount(user, PASSWORD, "user");
        access = node.login(user, PASSWORD).get("accessToken").asString();
    }

    @AfterAll
    static void closeNode() {
        node.close();
    }

    private static int status(String path, @Nullable String token) throws Exception {
        return node.call("GET", path, token, null).statusCode();
    }

    private static String raw(String path, String headers) {
        return RawHttp.exchange(node, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n".formatted(path, headers));
    }

    private static String bearer() {
        return "Authorization: Bearer " + access + "\r\n";
    }

    @Test
    void optionalWhenAnonymousThenServedAndWhenTokenBadThenRefused() throws Exception {
        assertThat(node.get("/api/echo/optional/a").body()).doesNotContain("X-User-Id");
        assertThat(status("/api/echo/optional/a", null)).isEqualTo(200);
        assertThat(status("/api/echo/optional/a", "pca_bad")).isEqualTo(401);
        assertThat(node.call("GET", "/api/echo/optional/a", access, null).body())
                .contains("X-User-Id")
                .doesNotContain("pca_");
    }

    @Test
    void noneWhenTokenBadThenServedWithoutIdentity() throws Exception {
        assertThat(status("/public/echo/a", "pca_bad")).isEqualTo(200);
        assertThat(node.call("GET", "/public/echo/a", access, null).body()).doesNotContain("pca_", "X-User-Id");
    }

    @Test
    void rolesWhenMissingThenForbidden() throws Exception {
        var response = node.call("GET", "/api/echo/roles/a", access, null);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("insufficient_scope", "editor");
        assertThat(status("/api/echo/roles/a", null)).isEqualTo(401);
    }

    @Test
    void forwardTokenWhenTrueThenTheServiceGetsItAndElseNot() throws Exception {
        assertThat(node.call("GET", "/api/echo/forward/a", access, null).body()).contains(access);
        assertThat(node.call("GET", "/api/echo/a", access, null).body()).doesNotContain("pca_");
        String cookies = "a=1; __Host-portcullis_access=" + access
                + "; __Host-portcullis_refresh=pcr_x; portcullis_access=pca_old; b=2";
        var response = node.get("/api/echo/a", "Cookie", cookies);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("a=1", "b=2").doesNotContain("pca_", "pcr_");
        // The second path takes the filter chain.
        for (String path : List.of("/api/echo/forward/a", "/api/echo/forward/%C3%A9")) {
            var forwarded = node.get(path, "Cookie", cookies);
            assertThat(forwarded.statusCode()).isEqualTo(200);
            assertThat(forwarded.body()).contains("a=1", "b=2").doesNotContain("pca_", "pcr_");
        }
    }

    @Test
    void upstreamWhenDeadOrSlowThenGatewayErrors() throws Exception {
        assertThat(status("/api/dead", access)).isEqualTo(502);
        assertThat(status("/api/slow?ms=60000", access)).isEqualTo(504);
        assertThat(status("/api/slow?ms=1", access)).isEqualTo(200);
        assertThat(status("/nothing", access)).isEqualTo(404);
    }

    @Test
    void streamWhenLongerThanTheTimeoutThenItPasses() throws Exception {
        // One event every 100 ms.
        int after = TIMEOUT_MILLIS / 100 + 2;
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(30_000);
            String request = "GET /api/ticks HTTP/1.1\r\nHost: localhost\r\n" + bearer() + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(lines.readLine()).startsWith("HTTP/1.1 200");
            assertThat(lines.lines()
                            .filter(line -> line.startsWith("id:"))
                            .mapToInt(line -> Integer.parseInt(line.substring(3)))
                            .anyMatch(id -> id >= after))
                    .isTrue();
        }
    }

    @Test
    void requestWhenTooLargeOrAmbiguousThenRefused() throws Exception {
        String large = "{\"username\":\"a\",\"password\":\"" + "x".repeat(200_000) + "\"}";

        assertThat(node.call("POST", "/system/auth/login", null, large).statusCode())
                .isEqualTo(413);
        assertThat(status("/api/echo/a", "pca_" + "A".repeat(8192))).isEqualTo(401);
        assertThat(raw("/api/echo/a", bearer() + "X: " + "x".repeat(20_000) + "\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(raw("/api/echo/a", bearer() + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void webSocketWhenAuthenticatedThenEchoedAndElseRefused() throws Exception {
        var received = new CompletableFuture<String>();
        WebSocket socket = connect(received);
        socket.sendText("hello", true).get(30, TimeUnit.SECONDS);

        assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo("hello");
        socket.abort();
        assertThat(raw("/api/ws", WEB_SOCKET)).startsWith("HTTP/1.1 401");
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .buildAsync(webSocketUri(), new WebSocket.Listener() {})
                        .get(30, TimeUnit.SECONDS))
                .hasMessageContaining("WebSocketHandshakeException");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
            })
    void webSocketWhenItsKeyIsMalformedThenBadRequest(String key) {
        assertThat(raw("/api/ws", bearer() + WEB_SOCKET.replace("dGhlIHNhbXBsZSBub25jZQ==", key)))
                .startsWith("HTTP/1.1 400")
                .contains("Sec-WebSocket-Key (expected: 16 bytes in base64)");
    }

    private static URI webSocketUri() {
        return URI.create(node.uri("/api/ws").toString().replaceFirst("^http", "ws"));
    }

    private static WebSocket connect(CompletableFuture<String> received) throws Exception {
        return GatewayNode.HTTP
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + access)
                .buildAsync(webSocketUri(), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        received.complete(data.toString());
                        return null;
                    }
                })
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void webSocketWhenOriginForeignOrRouteDidNotAskThenRefused() {
        assertThat(raw("/api/ws", bearer() + WEB_SOCKET + "Origin: https://evil.example\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("/api/ws", bearer() + WEB_SOCKET + "Origin: null\r\n")).startsWith("HTTP/1.1 403");
        assertThat(raw("/api/ws", bearer() + WEB_SOCKET + "Origin: http://localhost\r\n"))
                .startsWith("HTTP/1.1 101");
        assertThat(raw("/api/echo/a", bearer() + WEB_SOCKET)).startsWith("HTTP/1.1 400");
    }

    @Test
    void auditWhenForwardedForIsSpoofedThenOnlyTrustedProxiesAreBelieved() throws Exception {
        assertThat(ipAfterLogin(node)).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
        try (GatewayNode trusting = GatewayNode.start(
                "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1|0:0:0:0:0:0:0:1",
                "--portcullis.http.status-style=envelope")) {
            assertThat(ipAfterLogin(trusting)).isEqualTo("203.0.113.7");
            var refused = trusting.call("GET", "/api/echo/a", "pca_bad", null);
            assertThat(refused.statusCode()).isEqualTo(200);
            assertThat(refused.body()).contains("\"code\":401", "\"data\":null");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
        }
    }

    private static String ipAfterLogin(GatewayNode at) throws Exception {
        String token = at.login("admin", "admin-demo-pass").get("accessToken").asString();
        String path = "/system/login-log/page?pageSize=1&username=nobody-" + UUID.randomUUID();
        String name = path.substring(path.indexOf("nobody"));
        var request = HttpRequest.newBuilder(at.uri("/system/auth/login"))
                .headers("Content-Type", "application/json", "X-Forwarded-For", "198.51.100.1, 203.0.113.7")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"" + name + "\",\"password\":\"x\"}"));
        GatewayNode.send(request);
        var page = GatewayNode.data(at.call("GET", path, token, null));
        return page.get("list").get(0).get("ip").asString();
    }
}
