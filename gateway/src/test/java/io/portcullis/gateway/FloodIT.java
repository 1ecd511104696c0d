package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;

/** What no request may cost: memory that outlives it, or more than a fixed amount of work for each of its bytes. */
@Tag("database-independent")
class FloodIT {
    private static final int FLOOD = 300;
    private static final List<String> METHODS = List.of("GET", "POST");
    private static final List<String> OTHER_METHODS = List.of("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");
    private static final List<String> PATHS = List.of(
            "/odd/200", "/nothing", "/system/auth/me", "/system/auth/login", "/system/nothing", "/a//b", "/health");

    private static final ServerSocket service = StatusService.start();
    private static final GatewayNode fast = node(true);
    private static final GatewayNode chain = node(false);

    private static GatewayNode node(boolean fastPath) {
        String uri = "http://127.0.0.1:" + service.getLocalPort();
        return GatewayNode.start(new Routes()
                .add("/odd/**", uri, "metadata.auth=none")
                .arguments("--portcullis.fast-path.enabled=" + fastPath));
    }

    private static Stream<GatewayNode> nodes() {
        return Stream.of(fast, chain);
    }

    @AfterAll
    static void close() throws IOException {
        fast.close();
        chain.close();
        service.close();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("nodes")
    void metersWhenRequestsAreRandomThenStandStill(GatewayNode node) throws Exception {
        warmUp(node);
        Set<String> before = meters(node);

        Random random = new Random(1);
        for (int i = 0; i < FLOOD; i++) {
            URI target = random.nextInt(4) == 0 ? node.managementUri("/") : node.uri("/");
            exchange(target, randomRequest(random));
        }

        Set<String> after = meters(node);
        after.removeAll(before);
        assertThat(after).isEmpty();
    }

    /** All that the meters may tell apart: a registered status as it is, any other by its first digit. */
    private static void warmUp(GatewayNode node) throws IOException {
        List<Integer> statuses = Stream.concat(
                        Stream.of(HttpStatus.values()).map(HttpStatus::value),
                        IntStream.of(299, 399, 499, 599, 699, 799, 899, 999).boxed())
                .filter(status -> status >= 200)
                .toList();
        for (String method : METHODS) {
            for (int status : statuses) {
                exchange(node.uri("/"), method + " /odd/" + status + " HTTP/1.1\nHost: a\n");
                // Through the filter chain, where there is a fast path too.
                exchange(node.uri("/"), method + " /odd/" + status + " HTTP/1.0\nHost: a\n");
            }
        }
        for (String method :
                Stream.concat(METHODS.stream(), OTHER_METHODS.stream()).toList()) {
            for (String path : PATHS) {
                exchange(node.uri("/"), method + " " + path + " HTTP/1.1\nHost: a\n");
                exchange(node.managementUri("/"), method + " " + path + " HTTP/1.1\nHost: a\n");
            }
        }
    }

    private static String randomRequest(Random random) {
        String method = random.nextBoolean() ? word(random) : METHODS.get(random.nextInt(METHODS.size()));
        String path = random.nextBoolean() ? "/odd/" + (200 + random.nextInt(800)) : "/" + word(random);
        String version = random.nextInt(8) == 0 ? "HTTP/1.0" : "HTTP/1.1";
        String query = random.nextInt(4) == 0 ? "?" + word(random) + "=" + word(random) : "";
        return method + " " + path + query + " " + version + "\nHost: " + word(random) + ":" + random.nextInt(65_536)
                + "\n" + word(random) + ": " + word(random) + "\nUser-Agent: " + word(random)
                + "\nAccept: " + word(random) + "/" + word(random) + "\nAccept-Language: " + word(random)
                + "\nCookie: " + word(random) + "=" + word(random) + "\nOrigin: http://" + word(random) + "\n";
    }

    private static String word(Random random) {
        return random.ints(1 + random.nextInt(12), 'A', 'Z' + 1)
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    /**
     * Those of the JVM come and go by themselves, as its collectors do. The outcome follows from the status, but for an answer that
     * the client had received and closed the connection before the server took note.
     */
    private static Set<String> meters(GatewayNode node) {
        return node.bean(MeterRegistry.class).getMeters().stream()
                .map(Meter::getId)
                .filter(id -> !id.getName().startsWith("jvm."))
                .map(id -> id.getName()
                        + id.getTags().stream()
                                .filter(tag -> !tag.getKey().equals("outcome"))
                                .toList())
                .collect(Collectors.toCollection(HashSet::new));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("nodes")
    void requestWhenItsMethodIsUnknownThen501(GatewayNode node) throws Exception {
        for (String path : PATHS) {
            for (URI port : List.of(node.uri("/"), node.managementUri("/"))) {
                RawResponse response = exchange(port, "PROPFIND " + path + " HTTP/1.1\nHost: a\nAccept-Language: zh\n");
                assertThat(response.status()).isEqualTo("HTTP/1.1 501 Not Implemented");
                assertThat(response.body()).contains("\"code\":501");
                assertThat(response.headers().get("content-type")).containsExactly("application/json");
            }
        }
        assertThat(exchange(node.uri("/"), "get /odd/200 HTTP/1.1\nHost: a\n").status())
                .contains(" 501 ");
    }

    /** A service that echoes it would show the identity headers. */
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("nodes")
    void requestWhenItIsATraceThen405(GatewayNode node) throws Exception {
        for (URI port : List.of(node.uri("/"), node.managementUri("/"))) {
            RawResponse response = exchange(port, "TRACE /odd/200 HTTP/1.1\nHost: a\n");

            assertThat(response.status()).contains(" 405 ");
            assertThat(response.headers().get("allow")).containsExactly("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
            assertThat(response.body()).contains("\"code\":405");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("nodes")
    void requestWhenItHasMoreThanAHundredHeaderLinesThen431(GatewayNode node) throws Exception {
        String request = "GET /odd/200 HTTP/1.1\nHost: a\n";

        // With Host and Connection.
        assertThat(exchange(node.uri("/"), request + "X-A: 1\n".repeat(98)).status())
                .contains(" 200 ");
        assertThat(exchange(node.uri("/"), request + "X-A: 1\n".repeat(99)).status())
                .contains(" 431 ");
        assertThat(exchange(node.managementUri("/"), request + "X-A: 1\n".repeat(99))
                        .status())
                .contains(" 431 ");
    }

    /** Spring fails on more than 50 types, and on fewer if each fits several of those that it can write. */
    @Test
    void requestWhenAcceptListsManyTypesThenNoErrorOfTheServer() throws Exception {
        for (String type : List.of("a/b", "application/*;v=%d", "*/*;v=%d", "application/json;v=%d", "a", "", "*")) {
            for (int count : new int[] {16, 17, 30, 50, 51, 200}) {
                String accept =
                        IntStream.range(0, count).mapToObj(type::formatted).collect(Collectors.joining(","));
                assertThat(status("/system/auth/login", accept)).as(accept).isLessThan(500);
                assertThat(status("/system/auth/me", accept)).as(accept).isLessThan(500);
                assertThat(exchange(
                                        fast.managementUri("/"),
                                        "GET /actuator/health HTTP/1.1\nHost: a\nAccept: " + accept + "\n")
                                .status())
                        .as(accept)
                        .doesNotContain(" 500 ");
            }
        }
    }

    private static int status(String path, String accept) throws IOException {
        RawResponse response = exchange(
                fast.uri("/"),
                "POST " + path + " HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 2\nAccept: "
                        + accept + "\n",
                "{}");
        return Integer.parseInt(response.status().split(" ", -1)[1]);
    }

    private static RawResponse exchange(URI target, String head) throws IOException {
        return exchange(target, head, "");
    }

    private static RawResponse exchange(URI target, String head, String body) throws IOException {
        try (Socket socket = new Socket("localhost", target.getPort())) {
            socket.setSoTimeout(30_000);
            String request = (head + "Connection: close\n\n").replace("\n", "\r\n") + body;
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return RawResponse.read(socket.getInputStream());
        }
    }

    /** A service that answers {@code /odd/N} with the status N. */
    private static final class StatusService {
        static ServerSocket start() {
            try {
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Thread thread = new Thread(() -> serve(server), "status");
                thread.setDaemon(true);
                thread.start();
                return server;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void serve(ServerSocket server) {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    byte[] request = new byte[8_192];
                    int length = socket.getInputStream().read(request);
                    String status = new String(request, 0, Math.max(0, length), ISO_8859_1)
                            .replaceFirst("(?s)^\\w+ /odd/(\\d+).*", "$1");
                    String response = "HTTP/1.1 " + status + " Odd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    socket.getOutputStream().write(response.getBytes(ISO_8859_1));
                } catch (IOException e) {
                    // The gateway has closed it, or the test is over.
                }
            }
        }
    }
}
