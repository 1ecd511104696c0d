package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits on the time and the number of requests of connections to both sides. */
@Timeout(120)
@Tag("database-independent")
class ConnectionLimitsIT {
    private static final int MAX_REQUESTS = 5;

    private static final ScriptedService service = ScriptedService.start(ConnectionLimitsIT::respond);
    private static final GatewayNode fast = start("true");
    private static final GatewayNode chain = start("false");

    @AfterAll
    static void stop() throws IOException {
        fast.close();
        chain.close();
        service.close();
    }

    private static GatewayNode node(RequestPath path) {
        return path == RequestPath.FAST_PATH ? fast : chain;
    }

    private static GatewayNode start(String enabled) {
        String client = "--spring.cloud.gateway.server.webflux.httpclient.";
        return GatewayNode.start(new Routes()
                .add("/open/**", service.uri(), "metadata.auth=none")
                .arguments(
                        "--portcullis.fast-path.enabled=" + enabled,
                        "--server.netty.max-keep-alive-requests=" + MAX_REQUESTS,
                        client + "response-timeout=4s",
                        client + "pool.max-idle-time=1s"));
    }

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        if (request.path().endsWith("late")) {
            TimeUnit.MILLISECONDS.sleep(1_300);
        }
        if (request.path().endsWith("slowly")) {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                TimeUnit.MILLISECONDS.sleep(500);
                wire.send("x");
            }
        } else if (request.path().endsWith("text")) {
            wire.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n" + "x".repeat(5_000));
        } else {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    }

    private static String exchange(Socket socket, String method, String path) throws IOException {
        socket.getOutputStream().write((method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(ISO_8859_1));
        return readHead(socket);
    }

    private static String readHead(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        StringBuilder text = new StringBuilder();
        int c = 0;
        while (c >= 0 && text.indexOf("\r\n\r\n") < 0) {
            c = socket.getInputStream().read();
            text.append((char) c);
        }
        return text.toString();
    }

    /** A request that takes longer than the idle time does not make its connection an idle one. */
    @ParameterizedTest
    @EnumSource
    void connectionWhenARequestTakesLongerThanTheIdleTimeThenIsKept(RequestPath path) throws Exception {
        int before = service.wires().size();
        try (Socket socket = RawHttp.open(node(path))) {
            for (int i = 0; i < 3; i++) {
                assertThat(exchange(socket, "GET", "/open/late")).startsWith("HTTP/1.1 200");
            }
            assertThat(service.wires()).hasSize(before + 1);
        }
    }

    /** F takes the fast path, C the filter chain, because of its encoded character. */
    @ParameterizedTest
    @ValueSource(strings = {"FFFFFF", "FCCCCC", "FFFFCC", "CCCCCC", "CFCFCF"})
    void connectionWhenBothPathsServeItThenTheNumberOfRequestsIsLimited(String order) throws Exception {
        try (Socket socket = RawHttp.open(fast)) {
            int count = 0;
            boolean closed = false;
            while (count < order.length() && !closed) {
                String head = exchange(socket, "GET", order.charAt(count) == 'F' ? "/open/a" : "/open/%61");
                count++;
                closed = head.toLowerCase(Locale.ROOT).contains("connection: close");
            }
            assertThat(count).isEqualTo(MAX_REQUESTS);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** Each part comes in time, but all of them together take longer than the response timeout. */
    @ParameterizedTest
    @EnumSource
    void responseWhenItsShortBodyComesSlowlyThenIsRelayed(RequestPath path) throws Exception {
        try (Socket socket = RawHttp.open(node(path))) {
            assertThat(exchange(socket, "GET", "/open/slowly")).startsWith("HTTP/1.1 200");
            assertThat(socket.getInputStream().readNBytes(10)).isEqualTo("xxxxxxxxxx".getBytes(ISO_8859_1));
        }
    }

    /** {@code server.compression} acts inside reactor-netty. */
    @Test
    void responseWhenCompressionIsOnThenIsCompressed() throws Exception {
        try (GatewayNode node = GatewayNode.start(new Routes()
                        .add("/open/**", service.uri(), "metadata.auth=none")
                        .arguments("--server.compression.enabled=true", "--server.compression.min-response-size=1"));
                Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write("GET /open/text HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(readHead(socket).toLowerCase(Locale.ROOT)).contains("content-encoding: gzip");
        }
    }
}
