package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.fastpath.FastPath;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests interim responses, expectations and trailers on the fast path (RFC 9110 sections 15.2, 10.1.1 and 6.5). */
@Tag("database-independent")
class InterimResponseIT {
    private static final String EARLY = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nKeep-Alive: 1\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    /** What the service has received, by the path of the request. */
    private static final Map<String, String> received = new ConcurrentHashMap<>();

    private static final ServerSocket service = listen();
    private static final GatewayNode node = GatewayNode.start(arguments());

    @AfterAll
    static void close() throws IOException {
        node.close();
        service.close();
    }

    private static String[] arguments() {
        // The file that ships has six routes.
        String[] arguments = new String[6 * 4];
        for (int i = 0; i < 6; i++) {
            String route = "--spring.cloud.gateway.server.webflux.routes[" + i + "].";
            arguments[4 * i] = route + "id=interim-" + i;
            arguments[4 * i + 1] = route + "uri=http://127.0.0.1:" + service.getLocalPort();
            arguments[4 * i + 2] = route + "predicates[0]=Path=/i/**";
            arguments[4 * i + 3] = route + "metadata.auth=none";
        }
        return arguments;
    }

    private static ServerSocket listen() {
        try {
            var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            daemon(() -> {
                while (true) {
                    Socket socket = server.accept();
                    daemon(() -> serve(socket));
                }
            });
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        return;
                    }
                },
                "interim-service");
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads the head of each request, and answers as its path says before or after it reads the body. */
    private static void serve(Socket socket) throws IOException {
        try (socket) {
            String head = readTo(socket.getInputStream(), "\r\n\r\n");
            while (!head.isEmpty()) {
                String path = head.split(" ", 3)[1];
                received.put(path, head);
                String response = switch (path) {
                    case "/i/early" -> EARLY + "HTTP/1.1 102 Processing\r\n\r\n" + OK;
                    case "/i/unasked" -> "HTTP/1.1 100 Continue\r\n\r\n" + OK;
                    case "/i/permit" -> "HTTP/1.1 100 Continue\r\n\r\n";
                    case "/i/refuse" -> "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
                    default -> "";
                };
                send(socket, response);
                if (path.equals("/i/permit") || path.equals("/i/mute")) {
                    received.merge(path, new String(socket.getInputStream().readNBytes(4), ISO_8859_1), String::concat);
                    send(socket, OK);
                } else if (path.equals("/i/trailers")) {
                    received.merge(path, readTo(socket.getInputStream(), "0\r\n"), String::concat);
                    received.merge(path, readTo(socket.getInputStream(), "\r\n\r\n"), String::concat);
                    send(socket, OK);
                }
                head = readTo(socket.getInputStream(), "\r\n\r\n");
            }
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Reads up to the text and with it. Empty at the end of the connection. */
    private static String readTo(InputStream input, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.length() < end.length()
                || !read.substring(read.length() - end.length()).equals(end)) {
            int next = input.read();
            if (next < 0) {
                return "";
            }
            read.append((char) next);
        }
        return read.toString();
    }

    private static String request(String method, String path, String headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
    }

    private static String exchange(String request) {
        long before = node.bean(FastPath.class).count();
        String response = RawHttp.exchange(node, request);
        assertThat(node.bean(FastPath.class).count()).isGreaterThan(before);
        return response;
    }

    @Test
    void interimWhenTheServiceSendsThemThenTheClientReceivesThemBeforeTheResponse() {
        String response = exchange(request("GET", "/i/early", ""));

        assertThat(response)
                .startsWith("HTTP/1.1 103 Early Hints\r\n")
                .containsSubsequence("</a>", "HTTP/1.1 102 Processing\r\n", "HTTP/1.1 200 OK\r\n", "ok")
                .doesNotContainIgnoringCase("keep-alive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1"})
    void interimWhenTheClientDoesNotUnderstandThemThenItReceivesTheResponseAlone(String version) {
        String agent = version.equals("1.0") ? "" : "User-Agent: Java-http-client/17.0.1\r\n";

        String response =
                RawHttp.exchange(node, request("GET", "/i/early", agent).replace("HTTP/1.1", "HTTP/" + version));

        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("HTTP/1.1 103", "HTTP/1.1 102");
    }

    @Test
    void continueWhenTheClientDoesNotExpectItThenItIsDropped() {
        assertThat(exchange(request("GET", "/i/unasked", ""))).startsWith("HTTP/1.1 200 OK\r\n");
    }

    /** The encoder must not take the interim response for the response to the first request, nor the next one for that to HEAD. */
    @Test
    void interimWhenRequestsArePipelinedThenEachResponseIsWhole() {
        String close = "Connection: close\r\n";
        String response = exchange(
                request("GET", "/i/early", "") + request("HEAD", "/i/early", "") + request("GET", "/i/early", close));

        assertThat(response.split("HTTP/1.1 200 OK", -1)).hasSize(4);
        assertThat(response.split("\r\n\r\nok", -1)).hasSize(3);
        assertThat(response).endsWith("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/i/permit", "/i/mute"})
    void continueWhenExpectedThenTheServiceIsAskedAndTheBodyArrives(String path) throws Exception {
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(20_000);
            send(socket, request("POST", path, "Expect: 100-continue\r\nContent-Length: 4\r\n"));
            assertThat(readTo(socket.getInputStream(), "\r\n\r\n")).startsWith("HTTP/1.1 100 Continue\r\n");

            send(socket, "body" + request("GET", "/i/early", ""));

            assertThat(readTo(socket.getInputStream(), "ok")).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(readTo(socket.getInputStream(), "ok")).contains("103", "200");
            assertThat(received.get(path))
                    .containsIgnoringCase("expect: 100-continue")
                    .endsWith("body");
        }
    }

    @Test
    void continueWhenTheServiceRefusesThenTheClientIsToldAndTheConnectionEnds() throws Exception {
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(20_000);
            send(socket, request("POST", "/i/refuse", "Expect: 100-continue\r\nContent-Length: 4\r\n"));

            String response = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

            assertThat(response)
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("connection: close")
                    .doesNotContain("HTTP/1.1 100");
        }
    }

    @Test
    void trailersWhenTheClientSendsThemThenTheServiceReceivesThoseThatNoHeadCouldHave() {
        String response = exchange(
                request("POST", "/i/trailers", "Transfer-Encoding: chunked\r\n")
                        + "4\r\nbody\r\n0\r\nX-Checksum: 1\r\nX-User-Id: root\r\nX_User_Id: root\r\nX-Forwarded-For: 1.2.3.4\r\n"
                        + "Authorization: Bearer x\r\nContent-Length: 9\r\nHost: b\r\nCookie: a=b\r\nContent_Length: 9\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(received.getOrDefault("/i/trailers", "").toLowerCase(Locale.ROOT))
                .endsWith("body\r\n0\r\nx-checksum: 1\r\n\r\n");
    }
}
