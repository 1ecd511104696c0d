package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.ScriptedService.Request;
import io.portcullis.gateway.ScriptedService.Wire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Two nodes in front of a service that answers as the last part of the path says, one on each path of a request. They are shared,
 * and run until the JVM ends.
 */
final class ScriptedNodes {
    static final String PLAIN = "/scripted/plain";
    /** Longer than the gateway's own limits together, so that a test sees the gateway's answer. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Offers no upgrade to HTTP/2, which the fast path leaves to the filter chain. */
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static final ScriptedService SERVICE = ScriptedService.start(ScriptedNodes::respond);
    static final Map<String, Integer> SEEN = new ConcurrentHashMap<>();
    /** The number of connections that the service has closed behind a response. */
    static final AtomicInteger CLOSED = new AtomicInteger();

    /** The production default: a pool for each event loop. */
    static final Path FAST_PATH = new Path("fast path", GatewayNode.start(arguments("true", 256)));

    /** With a pool that is too small to be shared out. */
    static final Path FILTER_CHAIN = new Path("filter chain", GatewayNode.start(arguments("false", 8)));

    record Path(String name, GatewayNode node) {
        @Override
        public String toString() {
            return name;
        }
    }

    private ScriptedNodes() {}

    static Stream<Path> paths() {
        return Stream.of(FAST_PATH, FILTER_CHAIN);
    }

    private static String[] arguments(String enabled, int connections) {
        String client = "--spring.cloud.gateway.server.webflux.httpclient.";
        List<String> arguments = new ArrayList<>(List.of(
                "--portcullis.fast-path.enabled=" + enabled,
                client + "response-timeout=30s",
                client + "pool.max-connections=" + connections,
                client + "pool.acquire-timeout=20000"));
        // The file that ships has six routes.
        for (int i = 0; i < 6; i++) {
            String route = "--spring.cloud.gateway.server.webflux.routes[" + i + "].";
            String uri = i == 0 ? SERVICE.uri().replace("http", "ws") : SERVICE.uri();
            arguments.add(route + "id=route-" + i);
            arguments.add(route + "uri=" + uri);
            arguments.add(route + "predicates[0]=Path=" + (i == 0 ? "/ws" : "/scripted/**"));
            arguments.add(route + "metadata.auth=none");
        }
        return arguments.toArray(String[]::new);
    }

    /** Answers as the last part of the path says. */
    private static void respond(Request request, Wire wire) throws Exception {
        String mark = request.header("x-mark");
        SEEN.merge(mark, 1, Integer::sum);
        switch (request.path().replaceFirst("mark.*", "")) {
            case "/scripted/late" -> {
                wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                TimeUnit.MILLISECONDS.sleep(200);
                wire.send(ScriptedResponse.ok(mark));
            }
            case "/scripted/closed-when-reused" -> {
                if (request.number() > 1) {
                    wire.close();
                }
                wire.send(ScriptedResponse.ok(mark));
            }
            case "/scripted/reset-when-reused" -> {
                if (request.number() > 1) {
                    wire.reset();
                }
                wire.send(ScriptedResponse.ok(mark));
            }
            case "/scripted/head-with-body" -> headWithBody(wire, mark);
            case "/scripted/echo" -> wire.send(ScriptedResponse.ok(mark + request.body()));
            case "/scripted/random/" -> sendInPieces(request, wire);
            case "/ws" -> switchProtocols(request, wire);
            default -> send(ScriptedResponse.of(request.path()), mark, wire);
        }
    }

    private static void send(ScriptedResponse response, String mark, Wire wire) throws IOException {
        wire.send(response.text(mark));
        if (response.closes()) {
            wire.close();
            CLOSED.incrementAndGet();
        }
    }

    /** Splits the response at random borders. What is surplus is written together with the last byte before it. */
    private static void sendInPieces(Request request, Wire wire) throws Exception {
        String mark = request.header("x-mark");
        ScriptedResponse response = ScriptedResponse.of(request.header("x-script"));
        Random random = new Random(Long.parseLong(request.header("x-seed")));
        String text = response.text(mark);
        int end = request.method().equals("HEAD") ? text.indexOf("\r\n\r\n") + 4 : response.end(mark);
        int at = 0;
        for (int pieces = random.nextInt(4); pieces > 0 && end - at > 1; pieces--) {
            int next = at + random.nextInt(end - at);
            wire.send(text.substring(at, next));
            LockSupport.parkNanos(random.nextInt(3) * 500_000L);
            at = next;
        }
        wire.send(text.substring(at));
        if (response.closes() && random.nextBoolean()) {
            wire.halfClose();
        } else if (response.closes()) {
            wire.close();
        }
    }

    /** The body comes when the head has been relayed. */
    private static void headWithBody(Wire wire, String mark) throws Exception {
        String text = ScriptedResponse.ok(mark);
        int head = text.indexOf("\r\n\r\n") + 4;
        wire.send(text.substring(0, head));
        TimeUnit.MILLISECONDS.sleep(20);
        wire.send(ScriptedResponse.ok("body-of-" + mark));
    }

    private static void switchProtocols(Request request, Wire wire) throws Exception {
        String accept = ScriptedResponse.acceptOf(request.header("sec-websocket-key"));
        wire.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
        wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept + "\r\n\r\n");
        // Whatever the client's frame is, "hi" is the answer.
        wire.read();
        wire.send("\u0081\u0002hi");
    }

    static HttpResponse<String> call(Path path, String method, String script, String mark) throws Exception {
        HttpRequest.BodyPublisher body =
                method.equals("POST") ? HttpRequest.BodyPublishers.ofString("{}") : HttpRequest.BodyPublishers.noBody();
        return send(HttpRequest.newBuilder(path.node().uri(script))
                .method(method, body)
                .header("X-Mark", mark));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    }

    static void assertOwn(HttpResponse<String> response, String mark) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("x-mark")).containsExactly(mark);
        assertThat(response.body()).isEqualTo(mark);
    }

    static void assertNextIsServed(Path path) throws Exception {
        assertOwn(call(path, "GET", PLAIN, "next"), "next");
    }
}
