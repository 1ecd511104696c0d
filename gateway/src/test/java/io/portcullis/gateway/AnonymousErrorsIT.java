package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** No request of a client without a token makes a line at the level of errors, or one that says that a store is out. */
@Tag("database-independent")
class AnonymousErrorsIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final GatewayNode chain = GatewayNode.start("--portcullis.fast-path.enabled=false");
    private static final String LOGOUT = "/system/auth/logout";

    @AfterAll
    static void closeNode() {
        chain.close();
    }

    /** Of the right form, under a key that no node has. */
    private static String unknownTokens(String prefix, int digits, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> prefix + ("%0" + digits + "d").formatted(i))
                .collect(Collectors.joining(" "));
    }

    private static String head(String method, String path, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining()) + "\r\n";
    }

    private static String post(String path, String type, String body) {
        return head("POST", path, "Content-Type: " + type, "Content-Length: " + body.length()) + body;
    }

    private static String chunked(String method, String path, String chunks) {
        return head(method, path, "Content-Type: application/json", "Transfer-Encoding: chunked") + chunks;
    }

    static Stream<Arguments> requests() {
        Stream<Arguments> logouts = Stream.of(
                arguments("unknown access tokens", post(LOGOUT, "text/plain", unknownTokens("pca_", 80, 100))),
                arguments("unknown refresh tokens", post(LOGOUT, "text/plain", unknownTokens("pcr_", 84, 100))),
                arguments(
                        "unknown tokens of the first format",
                        post(LOGOUT, "text/plain", unknownTokens("pca_", 60, 100))),
                arguments("too many tokens", post(LOGOUT, "text/plain", unknownTokens("pca_", 80, 200))),
                arguments("broken gzip", head("POST", LOGOUT, "Content-Encoding: gzip", "Content-Length: 3") + "abc"));
        Stream<Arguments> bodies = Stream.of(
                        LOGOUT,
                        "/system/auth/login",
                        "/system/auth/refresh-token",
                        "/system/account",
                        "/system/none",
                        "/public/echo/a",
                        "/api/echo/a",
                        "/none")
                .flatMap(path -> Stream.of(
                        arguments("a broken chunk to " + path, chunked("POST", path, "3\r\nabc\r\nZZZ\r\n")),
                        arguments("a broken first chunk to " + path, chunked("PUT", path, "ZZZ\r\n")),
                        arguments(
                                "a chunk without its end to " + path, chunked("POST", path, "3\r\nabcd\r\n0\r\n\r\n")),
                        arguments(
                                "a broken trailer to " + path,
                                chunked("POST", path, "3\r\nabc\r\n0\r\nX Y: z\r\n\r\n")),
                        arguments("no JSON to " + path, post(path, "application/json", "{\"a\":")),
                        arguments("a lone surrogate to " + path, post(path, "application/json", "{\"a\":\"\\ud800\"}")),
                        arguments("deep JSON to " + path, post(path, "application/json", "[".repeat(5000))),
                        arguments(
                                "no form to " + path,
                                post(path, "application/x-www-form-urlencoded", "a=%zz&refreshToken=%")),
                        arguments("no type to " + path, post(path, "/;;", "x")),
                        arguments("an unknown charset to " + path, post(path, "application/json;charset=x", "{}")),
                        arguments("multipart to " + path, post(path, "multipart/form-data", "--b"))));
        return Stream.concat(logouts, bodies);
    }

    /**
     * Sends so many bytes and no more, and reads until the server closes the connection. Reads "reset" if it closes before it has read all,
     * after an answer that needed no body.
     */
    private static String exchange(GatewayNode node, String request, int length) throws IOException {
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1), 0, length);
            if (length < request.length()) {
                socket.shutdownOutput();
            }
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return "reset";
        }
    }

    private static Stream<Arguments> requestsOnBothPaths() {
        return requests()
                .flatMap(request -> Stream.of(RequestPath.values())
                        .map(path -> arguments(path, request.get()[0], request.get()[1])));
    }

    private static GatewayNode node(RequestPath path) {
        return path == RequestPath.FAST_PATH ? node : chain;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("requestsOnBothPaths")
    void requestWhenAnonymousThenNoErrorAndNoAlarmOfAStore(RequestPath path, String name, String request)
            throws IOException {
        try (var log = LogCapture.of(Logger.ROOT_LOGGER_NAME, Level.WARN)) {
            String response = exchange(node(path), request, request.length());

            assertThat(response).as(name).doesNotContain(" 500 ").doesNotContain(" 503 ");
            assertThat(log.lines())
                    .noneMatch(line -> line.startsWith("ERROR"))
                    .noneMatch(line -> line.contains("cannot be used"));
        }
    }

    /** The client closes its side in the middle of the body, or resets the connection. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("requestsOnBothPaths")
    void requestWhenItsClientGoesThenNoErrorAndNoAlarmOfAStore(RequestPath path, String name, String request)
            throws IOException {
        try (var log = LogCapture.of(Logger.ROOT_LOGGER_NAME, Level.WARN)) {
            String unused = exchange(node(path), request, request.length() - 2);

            assertThat(log.lines())
                    .as(name)
                    .noneMatch(line -> line.startsWith("ERROR"))
                    .noneMatch(line -> line.contains("cannot be used"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOGOUT, "/system/auth/login", "/system/auth/refresh-token"})
    void bodyWhenItsClientGoesThenCountedAsItsDisconnectAndNotWarnedOf(String path) throws IOException {
        MeterRegistry meters = node.bean(MeterRegistry.class);
        long failures = count(meters, path, "5xx");
        long left = count(meters, path, "4xx");
        String type = path.endsWith("login") ? "application/json" : "application/x-www-form-urlencoded";
        try (var log = LogCapture.of(Logger.ROOT_LOGGER_NAME, Level.WARN)) {
            String request = post(path, type, "x".repeat(100));
            String unused = exchange(node, request, request.length() - 50);

            Await.until("the call is counted", () -> count(meters, path, "4xx") > left);
            assertThat(count(meters, path, "4xx")).isEqualTo(left + 1);
            assertThat(count(meters, path, "5xx")).isEqualTo(failures);
            assertThat(log.lines()).noneMatch(line -> line.contains("INTERNAL_ERROR"));
        }
    }

    /** Counts the requests that ended because their client disconnected, by the class of the recorded status. */
    private static long count(MeterRegistry meters, String path, String status) {
        return meters.find("http.server.requests").tag("uri", path).timers().stream()
                .filter(timer -> "UNKNOWN".equals(timer.getId().getTag("outcome")))
                .filter(timer -> String.valueOf(timer.getId().getTag("status")).charAt(0) == status.charAt(0))
                .mapToLong(Timer::count)
                .sum();
    }

    @Test
    void logoutWhenTooManyTokensAreUnknownThenAskedToComeAgain() throws IOException {
        String request = post(LOGOUT, "text/plain", unknownTokens("pca_", 80, 100));
        String response = exchange(node, request, request.length());

        assertThat(response).startsWith("HTTP/1.1 429 ").contains("Retry-After: 1", "\"code\":429");
    }
}
