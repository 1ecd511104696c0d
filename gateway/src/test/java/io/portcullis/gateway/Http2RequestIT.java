package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that malformed and ambiguous requests of HTTP/2 are refused, with raw frames. */
@Tag("database-independent")
class Http2RequestIT {
    private static final String PASSWORD = "some-demo-pass";

    @AutoClose
    private static final RecordingService recording = RecordingService.start();

    @AutoClose
    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/open/**", recording.uri(), "metadata.auth=none")
            .add("/api/**", recording.uri())
            .arguments("--server.http2.enabled=true"));

    private static String access = "";

    @BeforeAll
    static void logIn() throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        access = node.login(user, PASSWORD).get("accessToken").asString();
    }

    private static RawHttp2 open() throws IOException {
        return RawHttp2.open(node.uri("/"));
    }

    /** Field names and values, and the end of the stream. */
    static Stream<Arguments> requests() {
        return Stream.of(
                request("200", ":method GET", ":scheme http", ":authority a.example:81", ":path /open/a"),
                request("200", ":method GET", ":scheme http", ":path /open/a", "host a.example"),
                requestWith("200", "host a"),
                requestWith("PROTOCOL_ERROR", "host b"),
                request("400", ":method GET", ":scheme http", ":path /open/a"),
                request("400", ":method GET", ":scheme http", ":authority u@a", ":path /open/a"),
                request("400", ":method GET", ":scheme http", ":authority a/b", ":path /open/a"),
                request("400", ":method GET", ":scheme http", ":authority a", ":path /open/a#b"),
                request("400", ":method GET", ":scheme http", ":authority a", ":path open/a"),
                request("400", ":method GET", ":scheme http", ":authority a", ":path *"),
                request("400", ":method GET", ":scheme http", ":authority a", ":path /open//a"),
                request("400", ":method GET", ":scheme http", ":authority a", ":path /open/..;/a"),
                request("400", ":method GET", ":scheme http", ":authority a", ":path /open/%2e%2e/a"),
                request("405", ":method TRACE", ":scheme http", ":authority a", ":path /open/a"),
                request("501", ":method BREW", ":scheme http", ":authority a", ":path /open/a"),
                request("PROTOCOL_ERROR", ":scheme http", ":authority a", ":path /open/a"),
                request("PROTOCOL_ERROR", ":method GET", ":authority a", ":path /open/a"),
                request("PROTOCOL_ERROR", ":method GET", ":scheme http", ":authority a"),
                request("PROTOCOL_ERROR", ":method GET", ":scheme http", ":authority a", ":path "),
                request("PROTOCOL_ERROR", ":method G(T", ":scheme http", ":authority a", ":path /open/a"),
                requestWith("PROTOCOL_ERROR", "connection x-user-id"),
                requestWith("PROTOCOL_ERROR", "transfer-encoding chunked"),
                requestWith("PROTOCOL_ERROR", "upgrade websocket"),
                requestWith("PROTOCOL_ERROR", "te gzip"),
                requestWith("PROTOCOL_ERROR", "X-Upper a"),
                requestWith("PROTOCOL_ERROR", "x a\r\nb"),
                requestWith("PROTOCOL_ERROR", ":status 200"),
                request(
                        "PROTOCOL_ERROR",
                        ":method GET",
                        ":method POST",
                        ":scheme http",
                        ":authority a",
                        ":path /open/a"),
                requestWith("PROTOCOL_ERROR", ":path /api/a"),
                request(
                        "PROTOCOL_ERROR",
                        ":method POST",
                        ":scheme http",
                        ":authority a",
                        ":path /open/a",
                        "content-length 1",
                        "content-length 2"),
                request(
                        "PROTOCOL_ERROR",
                        ":method POST",
                        ":scheme http",
                        ":authority a",
                        ":path /open/a",
                        "content-length 1"));
    }

    private static Arguments request(String result, String... fields) {
        return Arguments.of(result, List.of(fields));
    }

    /** A request that is complete, with more fields. */
    private static Arguments requestWith(String result, String... fields) {
        List<String> all = new ArrayList<>(List.of(":method GET", ":scheme http", ":authority a", ":path /open/a"));
        all.addAll(List.of(fields));
        return Arguments.of(result, all);
    }

    private static String[] split(List<String> fields) {
        return fields.stream().flatMap(field -> Stream.of(field.split(" ", 2))).toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestWhenSentThenAnsweredByTheRules(String result, List<String> fields) throws Exception {
        recording.take();
        try (RawHttp2 client = open()) {
            RawHttp2.Response response = client.exchange(split(fields));

            assertThat(response.result()).as(response.body()).isEqualTo(result);
            assertThat(recording.take()).hasSize(result.equals("200") ? 1 : 0);
            assertThat(client.get("/open/after").result()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-user-id", "x_user_id", "x-user.name", "x-session-id"})
    void identityWhenForgedThenTheServiceGetsTheGatewaysOwn(String name) throws Exception {
        recording.take();
        try (RawHttp2 client = open()) {
            var response = client.get("/api/a", "authorization", "Bearer " + access, name, "evil", name, "evil2");

            assertThat(response.result()).isEqualTo("200");
        }
        assertThat(String.join("", recording.take()))
                .contains("X-User-Id: ")
                .containsOnlyOnce("X-Session-Id: ")
                .doesNotContain("evil");
    }

    @Test
    void requestWhenProxiedThenItsHeadIsThatOfHttp1() throws Exception {
        recording.take();
        try (RawHttp2 client = open()) {
            String[] head = RawHttp2.head(
                    "POST",
                    "/open/a?b=|",
                    "te",
                    "trailers",
                    "cookie",
                    "a=1",
                    "cookie",
                    "b=2",
                    "x-http2-stream-id",
                    "7",
                    "x-http2-scheme",
                    "z",
                    "x-a",
                    "1");
            int stream = client.begin(false, head);
            client.data(stream, true, "body".getBytes(ISO_8859_1));

            assertThat(client.await(stream).result()).isEqualTo("200");
        }
        String request = recording.take().get(0);
        assertThat(request)
                .startsWith("POST /open/a?b=%7C HTTP/1.1\r\n")
                .contains("\r\ncookie: a=1; b=2\r\n", "\r\nx-a: 1\r\n", "body")
                .contains("X-Forwarded-Proto: http\r\n", "X-Forwarded-Host: localhost\r\n");
        assertThat(request.toLowerCase(Locale.ROOT))
                .doesNotContain("x-http2", "\r\n:", "\r\nte:", "\r\nconnection:", "http2-settings");
    }

    @Test
    void responseWhenTheServiceSendsConnectionHeadersThenTheClientGetsNone() throws Exception {
        recording.setResponseHeaders("Keep-Alive: timeout=5\r\nX-Ok: 1\r\n");
        try (RawHttp2 client = open()) {
            var response = client.get("/open/a");

            assertThat(response.headers())
                    .contains("x-ok")
                    .doesNotContain("connection", "keep-alive", "transfer-encoding");
        } finally {
            recording.setResponseHeaders("");
        }
    }

    @Test
    void headersWhenMoreThanAHundredThenRefused() throws Exception {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            many.add("a" + i);
            many.add("b");
        }
        try (RawHttp2 client = open()) {
            assertThat(client.get("/open/a", many.toArray(String[]::new)).result())
                    .isEqualTo("431");
        }
    }

    @Test
    void headersWhenLargerThanTheLimitThenRefused() throws Exception {
        try (RawHttp2 client = open()) {
            // The codec of the connection answers, and resets the stream.
            assertThat(client.get("/open/a", "x-long", "a".repeat(16_200)).result())
                    .startsWith("431");
            assertThat(client.get("/open/a", "x-long", "a".repeat(8_000)).result())
                    .isEqualTo("200");
        }
    }

    @Test
    void uploadWhenRefusedThenTheClientIsAskedToStop() throws Exception {
        try (RawHttp2 client = open()) {
            int stream = client.begin(false, RawHttp2.head("POST", "/open/a#b"));

            assertThat(client.await(stream).result()).startsWith("400");
            Await.until(
                    "the stream is reset",
                    () -> client.response(stream).result().equals("400 " + Http2Error.NO_ERROR));
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void uploadWhenItBreaksOffThenTheServiceGetsNoCompleteRequest(boolean byLength) throws Exception {
        recording.take();
        try (RawHttp2 client = open()) {
            String[] head = byLength
                    ? RawHttp2.head("POST", "/open/a", "content-length", "5")
                    : RawHttp2.head("POST", "/open/a");
            int stream = client.begin(false, head);
            client.data(stream, false, "half".getBytes(ISO_8859_1));
            if (byLength) {
                client.data(stream, true, "too much".getBytes(ISO_8859_1));
                assertThat(client.await(stream).result()).isEqualTo(Http2Error.PROTOCOL_ERROR.name());
            } else {
                client.reset(stream);
            }
            assertThat(client.get("/open/after").result()).isEqualTo("200");
        }
        assertThat(recording.take()).singleElement().asString().contains("/open/after");
    }
}
