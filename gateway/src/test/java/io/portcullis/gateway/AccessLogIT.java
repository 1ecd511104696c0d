package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tests the access log on both paths, for the gateway's own endpoints, and for refused requests. */
@Tag("database-independent")
@Execution(ExecutionMode.SAME_THREAD)
class AccessLogIT {
    private static final String TOKEN = "Authorization: Bearer TOKEN\n";
    private static final BothPaths nodes = BothPaths.start(
            "--portcullis.access-log.enabled=true",
            "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.7");
    private static final GatewayNode http2 = startOfHttp2();
    private static final LogCapture log = LogCapture.of("portcullis.access", Level.INFO);

    private final String name = UUID.randomUUID().toString();

    private static GatewayNode startOfHttp2() {
        List<String> arguments = new ArrayList<>(TestKeys.arguments());
        arguments.addAll(List.of("--server.http2.enabled=true", "--portcullis.access-log.enabled=true"));
        return GatewayNode.start(arguments.toArray(String[]::new));
    }

    @AfterAll
    static void close() throws Exception {
        log.close();
        http2.close();
        nodes.close();
    }

    private static JsonNode lineWith(String text) {
        Await.until("a line with " + text, () -> !linesWith(text).isEmpty());
        return GatewayNode.JSON.readTree(linesWith(text).get(0));
    }

    private static List<String> linesWith(String text) {
        return log.lines().stream()
                .filter(line -> line.contains(text))
                .map(line -> line.substring(line.indexOf('{')))
                .toList();
    }

    private static InetAddress trustedProxy() throws Exception {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 7});
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenProxiedThenOneLineWithAllFields(RequestPath path) throws Exception {
        Instant before = Instant.now();
        RawResponse response = nodes.exchange(
                path, "POST /api/status/404?token=TOKEN&x=1\nContent-Length: 3\nX-A: " + name + "\n", "abc");
        RawResponse echo = nodes.exchange(path, "POST /api/echo/" + name + "?x=1\nContent-Length: 3\n" + TOKEN, "abc");

        JsonNode line = lineWith(name);
        assertThat(response.status()).contains("404");
        assertThat(Instant.parse(line.get("time").asString())).isBetween(before.minusMillis(1), Instant.now());
        assertThat(line.get("requestId").asString()).matches("[0-9a-f]{32}");
        assertThat(echo.body())
                .contains("x-request-id=[\"" + line.get("requestId").asString());
        assertThat(line.get("client").asString()).isEqualTo("127.0.0.1");
        assertThat(line.get("method").asString()).isEqualTo("POST");
        assertThat(line.get("path").asString()).isEqualTo("/api/echo/" + name);
        assertThat(line.get("protocol").asString()).isEqualTo("HTTP/1.1");
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.get("bytes").asInt()).isGreaterThan(100);
        assertThat(line.get("durationMillis").asDouble()).isPositive();
        assertThat(line.get("route").asString()).isNotEmpty();
        assertThat(line.get("userId").asString()).isNotEmpty();
        assertThat(line.get("sessionId").asString()).isNotEmpty();
        assertThat(line.get("end").asString()).isEqualTo("complete");
        assertThat(linesWith(name)).hasSize(1);
        assertThat(log.lines()).noneMatch(each -> each.contains("pca_"));
    }

    @Test
    void requestWhenOfHttp2ThenOneLineWithItsProtocol() throws Exception {
        assertThat(new Http2Client(http2).get("/public/echo/" + name, null).statusCode())
                .isEqualTo(200);

        JsonNode line = lineWith(name);
        assertThat(line.get("protocol").asString()).isEqualTo("HTTP/2");
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.get("client").asString()).isEqualTo("127.0.0.1");
        assertThat(line.get("end").asString()).isEqualTo("complete");
        assertThat(linesWith(name)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/echo/%s\nAuthorization: Bearer TOKEN\n",
                "GET /api/echo/%s\n",
                "GET /public/echo/%s\n",
                "GET /nowhere/%s\n",
                "GET /system/%s\nAuthorization: Bearer TOKEN\n",
                "TRACE /api/echo/%s\n",
                "BREW' /api/echo/%s\n",
                "GET /api/echo/../%s\nAuthorization: Bearer TOKEN\n",
                "GET /api/echo/%s\nHost: another\n",
                "GET /api/echo/%s\u00e9\"<|>\n"
            })
    void requestWhenOnEitherPathThenTheSameLine(String head) throws Exception {
        assertThat(comparable(FAST_PATH, head)).isEqualTo(comparable(FILTER_CHAIN, head));
    }

    private static JsonNode comparable(RequestPath path, String head) throws Exception {
        String unique = UUID.randomUUID().toString();
        RawResponse response = nodes.exchange(path, head.formatted(unique), "");
        ObjectNode line = (ObjectNode) lineWith(unique);
        assertThat(response.status()).contains(line.get("status").asString());
        assertThat(line.get("path").asString()).contains(unique);
        line.put("path", line.get("path").asString().replace(unique, ""));
        // What the service echoes differs in the request's own id and path, and where the nodes are.
        line.remove(List.of("time", "requestId", "durationMillis", "bytes"));
        return line;
    }

    @ParameterizedTest
    @EnumSource
    void requestIdWhenAClientSendsItThenReplacedInEverySpelling(RequestPath path) throws Exception {
        RawResponse echo =
                nodes.exchange(path, "GET /public/echo/" + name + "\nX-Request-Id: forged\nx_request_id: forged\n", "");

        assertThat(echo.body())
                .doesNotContain("forged")
                .contains(lineWith(name).get("requestId").asString());
        assertThat(echo.headers()).doesNotContainKey("x-request-id");
    }

    @ParameterizedTest
    @EnumSource
    void requestIdWhenATrustedProxySendsItThenKeptAndTheClientIsTheProxys(RequestPath path) throws Exception {
        String head = "GET /public/echo/" + name + "\nX-Request-Id: id-" + name + "\nX-Forwarded-For: 203.0.113.9\n";
        RawResponse echo = nodes.exchange(path, trustedProxy(), head, "");

        JsonNode line = lineWith(name);
        assertThat(echo.body()).contains("x-request-id=[\"id-" + name);
        assertThat(line.get("requestId").asString()).isEqualTo("id-" + name);
        assertThat(line.get("client").asString()).isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @EnumSource
    void tokenWhenItIsInThePathThenReplaced(RequestPath path) throws Exception {
        String token = "pct_" + name.replace("-", "");
        nodes.exchange(path, "GET /public/echo/" + token + "/x\n", "");
        nodes.exchange(path, "GET /public/echo/%70ct_" + name + "/" + name + "\n", "");

        assertThat(lineWith("/" + name).get("path").asString()).isEqualTo("/public/echo/***/" + name);
        assertThat(log.lines()).noneMatch(line -> line.contains("ct_"));
    }

    @ParameterizedTest
    @EnumSource
    void clientWhenItLeavesThenTheLineSaysSo(RequestPath path) throws Exception {
        String slow = "GET /api/slow?ms=60000\nX-Request-Id: leaving-" + name + "\n";
        // A client that leaves before its request has been read leaves no line.
        Await.until("a line", () -> {
            try (Socket socket = nodes.send(path, trustedProxy(), slow, "")) {
                Thread.sleep(50);
                socket.setSoLinger(true, 0);
            }
            return !linesWith(name).isEmpty();
        });

        JsonNode line = lineWith(name);
        assertThat(line.get("end").asString()).isEqualTo("client");
        assertThat(line.get("status").asInt()).isEqualTo(499);
    }

    @ParameterizedTest
    @EnumSource
    void serviceWhenItBreaksOffThenTheGatewayEndsIt(RequestPath path) throws Exception {
        String broken = "GET /odd/" + MisbehavingService.CUT + "\nX-Request-Id: broken-" + name + "\n";
        nodes.exchange(path, trustedProxy(), broken, "");

        JsonNode line = lineWith(name);
        assertThat(line.get("end").asString()).isEqualTo("gateway");
        assertThat(line.get("status").asInt()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void requestsWhenPipelinedThenALineForEach(RequestPath path) throws Exception {
        String head = " HTTP/1.1\r\nHost: a\r\n";
        String requests = "GET /public/echo/1-" + name + head + "\r\nGET /system/2-" + name + head
                + "\r\nGET /public/echo/3-" + name + head + "Connection: close\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nodes.port(path))) {
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }

        Await.until("three lines", () -> linesWith(name).size() == 3);
        assertThat(linesWith(name))
                .extracting(line -> line.replaceAll(".*/(\\d)-.*", "$1"))
                .containsExactly("1", "2", "3");
    }

    @Test
    void loginWhenLoggedThenWithoutBodyAndQuery() throws Exception {
        String credentials = nodes.credentials();
        String head =
                "POST /system/auth/login?password=x" + name + "\nContent-Type: application/json\nX-Request-Id: login-"
                        + name + "\nContent-Length: " + credentials.length() + "\n";
        nodes.exchange(FAST_PATH, trustedProxy(), head, credentials);

        JsonNode line = lineWith("login-" + name);
        assertThat(line.get("path").asString()).isEqualTo("/system/auth/login");
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.has("route")).isFalse();
    }
}
