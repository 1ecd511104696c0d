package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.logging.LogCapture;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the time limit for sending a request, and that an answered request leaves no timer behind. */
@Tag("database-independent")
class SlowClientIT {
    private static final int REQUEST_TIMEOUT_MILLIS = 1_000;
    private static final int REFUSALS = 3_000;
    /** The least number of bytes sent within the time limit at one every 20 ms; half of the limit is for a busy machine. */
    private static final int AT_LEAST = REQUEST_TIMEOUT_MILLIS / 20 / 2;

    private static final int TOO_MANY = 1_000;
    private static final GatewayNode fastPath = start(true);
    private static final GatewayNode filterChain = start(false);
    /** A node with the default time limit, for conditions that a short time limit would end by itself. */
    private static final GatewayNode patient = GatewayNode.start();

    private static GatewayNode start(boolean fast) {
        return GatewayNode.start(
                "--portcullis.fast-path.enabled=" + fast,
                "--portcullis.http.request-timeout=" + REQUEST_TIMEOUT_MILLIS + "ms",
                "--server.netty.idle-timeout=1s");
    }

    @AfterAll
    static void stop() {
        fastPath.close();
        filterChain.close();
        patient.close();
    }

    private static GatewayNode node(boolean fast) {
        return fast ? fastPath : filterChain;
    }

    @ParameterizedTest
    @CsvSource({
        "true, POST /public/echo/a",
        "false, POST /public/echo/a",
        "true, POST /system/auth/login",
        "true, POST /system/auth/refresh-token",
    })
    void aBodyThatComesTooSlowlyIsAnswered408(boolean fast, String call) throws Exception {
        try (Socket socket = RawHttp.open(node(fast))) {
            socket.setSoTimeout(30_000);
            send(socket, unfinished(call));

            assertThat(readStatus(socket)).isEqualTo(408);
            assertThat(socket.getInputStream().read()).isNegative();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyThatDripsIsCutOff(boolean fast) throws Exception {
        String head = "POST /public/echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";

        assertThat(bytesTakenOf(node(fast), head)).isBetween(AT_LEAST, TOO_MANY - 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBodyOfARefusedRequestThatDripsIsCutOff(boolean fast) throws Exception {
        String head = "POST /api/echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";

        assertThat(bytesTakenOf(node(fast), head)).isBetween(AT_LEAST, TOO_MANY - 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void headersThatDripAreCutOff(boolean fast) throws Exception {
        assertThat(bytesTakenOf(node(fast), "GET /public/echo/a HTTP/1.1\r\nX-Long: "))
                .isBetween(AT_LEAST, TOO_MANY - 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSlowAnswerIsNotCutOff(boolean fast) throws Exception {
        try (Socket socket = RawHttp.open(node(fast))) {
            send(
                    socket,
                    "GET /api/slow?ms=1500 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + access(fast)
                            + "\r\n\r\n");
            socket.setSoTimeout(30_000);

            assertThat(readStatus(socket)).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWebSocketIsNotCutOff(boolean fast) throws Exception {
        try (Socket socket = RawHttp.open(node(fast))) {
            send(
                    socket,
                    "GET /api/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Authorization: Bearer " + access(fast) + "\r\n\r\n");
            socket.setSoTimeout(30_000);
            assertThat(readHead(socket)).startsWith("HTTP/1.1 101");

            socket.setSoTimeout(3 * REQUEST_TIMEOUT_MILLIS / 2);

            assertThat(isClosed(socket)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRefusalDoesNotEndItsConnectionLater(boolean fast) throws Exception {
        try (Socket socket = RawHttp.open(node(fast))) {
            socket.setSoTimeout(30_000);
            long end = System.nanoTime() + 3_000_000L * REQUEST_TIMEOUT_MILLIS;
            while (System.nanoTime() < end) {
                send(socket, "GET /api/echo/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(readStatus(socket)).isEqualTo(401);
                Thread.sleep(200);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, POST /public/echo/a",
        "false, POST /public/echo/a",
        "true, POST /system/auth/login",
    })
    void aClientThatLeavesBeforeItsRequestHasArrivedIsNoErrorOfOurs(boolean fast, String call) throws Exception {
        GatewayNode node = node(fast);
        String request = unfinished(call);

        try (LogCapture log = LogCapture.of("io.portcullis.gateway", Level.ERROR)) {
            RawHttp.sendAndReset(node, request, 100);
            try (Socket socket = RawHttp.open(node)) {
                send(socket, request);
                Thread.sleep(100);
            }
            Thread.sleep(500);

            assertThat(log.lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/echo/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /system/nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api//a HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /api/echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc",
            })
    void aRefusedRequestIsForgotten(String request) throws Exception {
        try (Socket unfinished = RawHttp.open(patient);
                Socket socket = RawHttp.open(patient)) {
            send(unfinished, unfinished("POST /public/echo/a"));
            long before = requestsInMemory();
            socket.setSoTimeout(30_000);
            for (int i = 0; i < REFUSALS; i++) {
                send(socket, request);
                assertThat(readStatus(socket)).isBetween(400, 499);
            }

            assertThat(requestsInMemory() - before).isLessThan(REFUSALS / 10);
            assertThat(requestsInMemory()).as("the unfinished one").isPositive();
        }
    }

    /** Returns a request with an incomplete body. */
    private static String unfinished(String call) {
        return call + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    }

    private static String access(boolean fast) throws Exception {
        return node(fast).login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    /** Sends one byte every 20 ms until the connection is closed, at most a thousand. */
    private static int bytesTakenOf(GatewayNode node, String head) throws Exception {
        int sent = 0;
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(1);
            send(socket, head);
            while (sent < TOO_MANY && !isClosed(socket)) {
                send(socket, "x");
                sent++;
                Thread.sleep(20);
            }
        } catch (SocketException e) {
            return sent;
        }
        return sent;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read(new byte[4_096]) < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream output = socket.getOutputStream();
        output.write(text.getBytes(ISO_8859_1));
        output.flush();
    }

    /** Reads one response with a {@code Content-Length}. */
    private static int readStatus(Socket socket) throws IOException {
        String head = readHead(socket);
        MatchResult length = Pattern.compile("(?i)content-length: (\\d+)")
                .matcher(head)
                .results()
                .findFirst()
                .orElseThrow();
        socket.getInputStream().skipNBytes(Integer.parseInt(length.group(1)));
        return Integer.parseInt(head.substring(9, 12));
    }

    private static String readHead(Socket socket) throws IOException {
        InputStream input = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            assertThat(next).as("the connection, after %s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private static long requestsInMemory() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return Pattern.compile("(\\d+) +\\d+ +\\S*HttpServerOperations\\b(?!\\$)")
                .matcher(histogram)
                .results()
                .mapToLong(each -> Long.parseLong(each.group(1)))
                .sum();
    }
}
