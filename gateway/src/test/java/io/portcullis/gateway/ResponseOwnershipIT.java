package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portcullis.gateway.ScriptedService.Request;
import io.portcullis.gateway.ScriptedService.Wire;
import io.portcullis.gateway.fastpath.FastPath;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that no caller receives bytes of a response to another caller, whatever services send. */
@Timeout(120)
class ResponseOwnershipIT {
    private static final int CALLERS = 16;
    private static final int EXCHANGES = 150;
    /** The number of characters of a body that a failure shows. */
    private static final int MAX_DESCRIBED = 500;

    /** The number of attempts to send a request on a kept connection, which a busy pool may not have got back yet. */
    private static final int REUSES = 20;

    private static final Pattern MARK = Pattern.compile("mark-\\d+-\\d+-");
    private static final String PLAIN = "/scripted/plain";
    /** Longer than the gateway's own limits together, so that a test sees the gateway's answer. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Offers no upgrade to HTTP/2, which the fast path leaves to the filter chain. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final ScriptedService service = ScriptedService.start(ResponseOwnershipIT::respond);
    private static final Map<String, Integer> seen = new ConcurrentHashMap<>();
    /** The number of connections that the service has closed behind a response. */
    private static final AtomicInteger closed = new AtomicInteger();

    private static final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    /** The production default: a pool for each event loop. */
    private static final Path FAST_PATH = new Path("fast path", GatewayNode.start(arguments("true", 256)));

    /** With a pool that is too small to be shared out. */
    private static final Path FILTER_CHAIN = new Path("filter chain", GatewayNode.start(arguments("false", 8)));

    private record Path(String name, GatewayNode node) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Path> paths() {
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
            String uri = i == 0 ? service.uri().replace("http", "ws") : service.uri();
            arguments.add(route + "id=route-" + i);
            arguments.add(route + "uri=" + uri);
            arguments.add(route + "predicates[0]=Path=" + (i == 0 ? "/ws" : "/scripted/**"));
            arguments.add(route + "metadata.auth=none");
        }
        return arguments.toArray(String[]::new);
    }

    @AfterAll
    static void close() throws IOException {
        paths().forEach(path -> path.node.close());
        callers.shutdownNow();
        service.close();
    }

    @BeforeEach
    void forget() {
        seen.clear();
    }

    /** Answers as the last part of the path says. */
    private static void respond(Request request, Wire wire) throws Exception {
        String mark = request.header("x-mark");
        seen.merge(mark, 1, Integer::sum);
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
            closed.incrementAndGet();
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

    @ParameterizedTest
    @MethodSource("paths")
    void trailersWhenTheServiceSendsThemThenTheClientHasNone(Path path) throws Exception {
        String request = "GET /scripted/chunks HTTP/1.1\r\nHost: a\r\nX-Mark: mark\r\nTE: trailers\r\n\r\n";

        String answer = RawHttp.head(path.node.uri("/").getPort(), request.getBytes(ISO_8859_1));

        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\nmark\r\n0\r\n\r\n");
    }

    private static HttpResponse<String> call(Path path, String method, String script, String mark) throws Exception {
        HttpRequest.BodyPublisher body =
                method.equals("POST") ? HttpRequest.BodyPublishers.ofString("{}") : HttpRequest.BodyPublishers.noBody();
        return send(HttpRequest.newBuilder(path.node.uri(script))
                .method(method, body)
                .header("X-Mark", mark));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void assertOwn(HttpResponse<String> response, String mark) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("x-mark")).containsExactly(mark);
        assertThat(response.body()).isEqualTo(mark);
    }

    @Test
    void callsWhenMadeThenTheyTakeThePathThatTheyTest() throws Exception {
        for (Path path : List.of(FAST_PATH, FILTER_CHAIN)) {
            long before = path.node.bean(FastPath.class).count();
            assertNextIsServed(path);
            assertThat(path.node.bean(FastPath.class).count() - before).isEqualTo(path.equals(FAST_PATH) ? 1 : 0);
        }
    }

    private static void assertNextIsServed(Path path) throws Exception {
        assertOwn(call(path, "GET", PLAIN, "next"), "next");
    }

    private static Stream<Arguments> responses() {
        return paths().flatMap(
                        path -> Stream.of(ScriptedResponse.values()).map(response -> Arguments.of(path, response)));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void responseWhenOddThenItsCallerAloneIsTold(Path path, ScriptedResponse script) throws Exception {
        for (int i = 0; i < 3; i++) {
            switch (script.outcome()) {
                case OWN -> assertOwn(call(path, "GET", script.path(), "first"), "first");
                case EMPTY -> assertEmpty(call(path, "GET", script.path(), "first"));
                case LARGE ->
                    assertThat(call(path, "GET", script.path(), "first").body()).hasSize(40_000);
                case BAD -> assertBad(call(path, "GET", script.path(), "first"));
                case CUT -> assertBrokenOff(path, script);
            }
            assertNextIsServed(path);
        }
    }

    private static void assertEmpty(HttpResponse<String> response) {
        assertThat(response.statusCode()).isIn(200, 204, 304);
        assertThat(response.headers().allValues("x-mark")).containsExactly("first");
        assertThat(response.body()).isEmpty();
    }

    private static void assertBad(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("\"code\":502").doesNotContain("first");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }

    private static void assertBrokenOff(Path path, ScriptedResponse script) throws Exception {
        HttpResponse<String> response;
        try {
            response = call(path, "GET", script.path(), "first");
        } catch (IOException e) {
            return;
        }
        assertBad(response);
    }

    /** The caller of the late response, and many others at the same time. */
    @ParameterizedTest
    @MethodSource("paths")
    void callsWhenTheFinalResponseIsLateThenEachHasItsOwn(Path path) throws Exception {
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String mark = "caller-" + i;
            String script = i % 2 == 0 ? "/scripted/late" : PLAIN;
            calls.add(callers.submit(() -> {
                assertOwn(call(path, "GET", script, mark), mark);
                return null;
            }));
        }
        for (Future<?> call : calls) {
            call.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void headWhenTheServiceSendsItsBodyThenTheNextIsServed(Path path) throws Exception {
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> response = call(path, "HEAD", "/scripted/head-with-body", "head");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().allValues("x-mark")).containsExactly("head");
            assertNextIsServed(path);
        }
    }

    /** The bytes are there before the next request, whether the event loop has seen them or not. */
    @ParameterizedTest
    @MethodSource("paths")
    void bytesWhenTheConnectionIsIdleThenNobodyGetsThem(Path path) throws Exception {
        for (int i = 0; i < 50; i++) {
            assertNextIsServed(path);
            service.wires().forEach(wire -> wire.trySend(ScriptedResponse.ok("unasked")));
            assertOwn(call(path, i % 2 == 0 ? "GET" : "POST", PLAIN, "own"), "own");
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void endWhenTheConnectionIsIdleThenNobodyNotices(Path path) throws Exception {
        for (int i = 0; i < 50; i++) {
            int before = closed.get();
            assertOwn(call(path, i % 2 == 0 ? "GET" : "POST", "/scripted/closed-without-notice", "own"), "own");
            // A POST that is written before the service closes the connection is not sent again.
            await().until(() -> closed.get() > before);
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void getWhenAKeptConnectionClosesInsteadOfAnsweringThenItIsSentOnceMore(Path path) throws Exception {
        for (String script : List.of("/scripted/closed-when-reused", "/scripted/reset-when-reused")) {
            String mark = "get" + script;
            for (int i = 0; i < REUSES && seen.getOrDefault(mark, 0) != 2; i++) {
                seen.remove(mark);
                assertNextIsServed(path);
                assertOwn(call(path, "GET", script, mark), mark);
            }
            assertThat(seen).containsEntry(mark, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void postWhenAKeptConnectionClosesInsteadOfAnsweringThenItIsNotSentAgain(Path path) throws Exception {
        int status = 200;
        for (int i = 0; i < REUSES && status == 200; i++) {
            seen.remove("post");
            assertNextIsServed(path);
            status = call(path, "POST", "/scripted/closed-when-reused", "post").statusCode();
        }

        assertThat(status).isEqualTo(502);
        assertThat(seen).containsEntry("post", 1);
        assertNextIsServed(path);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void postWhenItExpectsContinueThenItsBodyArrives(Path path) throws Exception {
        String request = """
                POST /scripted/echo HTTP/1.1
                Host: a
                X-Mark: m
                Expect: 100-continue
                Connection: close
                Content-Length: 4

                """.replace("\n", "\r\n");
        try (Socket socket = RawHttp.open(path.node)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            StringBuilder interim = new StringBuilder();
            while (interim.indexOf("\r\n\r\n") < 0) {
                interim.append((char) socket.getInputStream().read());
            }
            assertThat(interim).startsWith("HTTP/1.1 100 Continue");
            socket.getOutputStream().write("body".getBytes(ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("mbody");
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void webSocketWhenInterimResponsesComeBefore101ThenItOpens(Path path) throws Exception {
        CompletableFuture<String> message = new CompletableFuture<>();
        URI uri = URI.create(path.node.uri("/ws").toString().replace("http", "ws"));
        WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(uri, new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        message.complete(data.toString());
                        return null;
                    }
                })
                .get(10, TimeUnit.SECONDS);
        socket.sendText("hello", true).get(10, TimeUnit.SECONDS);

        assertThat(message.get(10, TimeUnit.SECONDS)).isEqualTo("hi");
        socket.abort();
        assertNextIsServed(path);
    }

    /** Thousands of exchanges, each with a response that a seed chooses. {@code -Dtest.seed} repeats a run. */
    @ParameterizedTest
    @MethodSource("paths")
    void callsWhenServicesSendAnythingThenEachHasItsOwn(Path path) throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        List<Future<Integer>> runs = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int number = caller;
            runs.add(callers.submit(() -> callAtRandom(path, number, new Random(seed + number))));
        }
        int delivered = 0;
        for (Future<Integer> run : runs) {
            try {
                delivered += run.get(100, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("-Dtest.seed=%d: %s".formatted(seed, e.getCause()), e.getCause());
            }
        }
        assertThat(delivered).as("-Dtest.seed=%d", seed).isGreaterThan(CALLERS * EXCHANGES / 4);
    }

    private static int callAtRandom(Path path, int caller, Random random) throws Exception {
        int delivered = 0;
        for (int i = 0; i < EXCHANGES; i++) {
            ScriptedResponse[] all = ScriptedResponse.values();
            ScriptedResponse script = random.nextInt(3) == 0 ? ScriptedResponse.PLAIN : all[random.nextInt(all.length)];
            String method = List.of("GET", "GET", "GET", "POST", "HEAD").get(random.nextInt(5));
            String mark = "mark-%d-%d-".formatted(caller, i);
            delivered += callAtRandom(path, method, script, mark, random.nextLong()) ? 1 : 0;
        }
        return delivered;
    }

    /** Describes an exchange for a failure; the log has the gateway's reason under the mark. */
    private static String describe(Path path, String method, ScriptedResponse script, String mark, Object outcome) {
        return "%s: %s %s, script %s, requests at the service: %d, outcome: %s"
                .formatted(path, method, mark, script, seen.getOrDefault(mark, 0), outcome);
    }

    private static String describe(HttpResponse<String> response) {
        String body = response.body();
        return "%d %s %s"
                .formatted(
                        response.statusCode(),
                        response.headers().map(),
                        body.length() > MAX_DESCRIBED ? body.substring(0, MAX_DESCRIBED) + "..." : body);
    }

    /** Returns whether a response came. */
    private static boolean callAtRandom(Path path, String method, ScriptedResponse script, String mark, long seed)
            throws Exception {
        HttpResponse<String> response;
        try {
            response = send(HttpRequest.newBuilder(path.node.uri("/scripted/random/" + mark))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .header("X-Mark", mark)
                    .header("X-Script", script.path())
                    .header("X-Seed", Long.toString(seed)));
        } catch (HttpTimeoutException e) {
            throw new AssertionError(describe(path, method, script, mark, e), e);
        } catch (IOException e) {
            assertThat(script.outcome())
                    .as("%s", describe(path, method, script, mark, e))
                    .isEqualTo(ScriptedResponse.Outcome.CUT);
            return false;
        }
        String all = response.headers().map() + response.body();
        String exchange = describe(path, method, script, mark, describe(response));
        assertThat(MARK.matcher(all).results().map(MatchResult::group))
                .as("%s", exchange)
                .allMatch(mark::equals);
        boolean mayFail =
                !List.of(ScriptedResponse.Outcome.OWN, ScriptedResponse.Outcome.EMPTY, ScriptedResponse.Outcome.LARGE)
                                .contains(script.outcome())
                        || method.equals("POST");
        assertThat(response.statusCode())
                .as("%s", exchange)
                .isIn(mayFail ? List.of(200, 204, 304, 502) : List.of(200, 204, 304));
        return response.statusCode() != 502;
    }
}
