package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertCleared;
import static io.portcullis.gateway.CookieAssertions.setCookies;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The grace window of a silent refresh begins when the new cookies have been sent (ADR 0025). Instead of waiting for the end of a
 * window, these tests set back its beginning in MySQL.
 */
@Timeout(180)
class RefreshDeliveryIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final String REUSE = "1002000023";
    /** The requests below {@code /api/slow} that the service holds, by their query. */
    private static final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

    @AutoClose
    private static final ScriptedService service = ScriptedService.start(RefreshDeliveryIT::respond);

    private static final Map<RequestPath, GatewayNode> nodes = new EnumMap<>(RequestPath.class);

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        if (request.path().startsWith("/api/ticks")) {
            wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.send("6\r\nid:1\n\n\r\n");
            return;
        }
        if (request.path().startsWith("/api/slow")) {
            latch(request.path()).await();
        }
        wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok");
    }

    private static CountDownLatch latch(String path) {
        return held.computeIfAbsent(path, unknown -> new CountDownLatch(1));
    }

    @BeforeAll
    static void start() {
        for (RequestPath path : RequestPath.values()) {
            nodes.put(
                    path,
                    GatewayNode.start(
                            "--portcullis.http.cookies=only",
                            path.argument(),
                            "--portcullis.stream.max-gateway-calls-per-address=2",
                            "--SAMPLE_SERVICES_URI=" + service.uri()));
        }
        node(RequestPath.FAST_PATH).createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        held.values().forEach(CountDownLatch::countDown);
        nodes.values().forEach(GatewayNode::close);
    }

    private static GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    private static String slow() {
        return "/api/slow?" + UUID.randomUUID();
    }

    private static CompletableFuture<HttpResponse<String>> send(GatewayNode node, Browser browser, String path) {
        return GatewayNode.HTTP.sendAsync(
                browser.request(node, "GET", path, null).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String refreshCookie(HttpResponse<?> response) {
        Browser browser = new Browser();
        browser.keep(setCookies(response));
        return browser.value(Browser.REFRESH);
    }

    private static void assertReuse(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).contains(REUSE);
        assertCleared(response);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheServiceIsSlowerThanTheGraceWindowThenOtherTabsGoOn(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
        String target = slow();
        var slow = send(node, idle.tab(), target);
        idle.await("undelivered");
        idle.passGrace();

        var other = idle.tab().get(node, "/api/echo/a");
        assertThat(other.statusCode()).as(other.body()).isEqualTo(200);
        idle.await("used_at IS NOT NULL AND NOT undelivered");
        latch(target).countDown();

        assertThat(slow.join().statusCode()).isEqualTo(200);
        assertThat(refreshCookie(slow.join())).isEqualTo(refreshCookie(other));
        idle.passGrace();
        assertReuse(idle.tab().get(node, "/api/echo/a"));
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheBrowserAbortsItThenTheNextOneIsServed(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
        String target = slow();
        try (Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write(
                            "POST %s HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\nContent-Length: 9\r\n\r\n12"
                                    .formatted(target, idle.browser().header())
                                    .getBytes(ISO_8859_1));
            idle.await("undelivered");
        }
        idle.passGrace();
        latch(target).countDown();

        Browser next = idle.tab();
        var response = next.get(node, "/api/echo/a");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(next.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        assertThat(idle.rows("used_at IS NULL")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAThiefHasTheCookieOfAnAbortedOneThenTheSecondToComeEndsTheSession(RequestPath path)
            throws Exception {
        GatewayNode node = node(path);
        IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
        try (Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n"
                            .formatted(slow(), idle.browser().header())
                            .getBytes(ISO_8859_1));
            idle.await("undelivered");
        }
        idle.passGrace();
        Browser thief = idle.tab();
        assertThat(thief.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        idle.await("used_at IS NOT NULL AND NOT undelivered");
        idle.passGrace();

        assertReuse(idle.tab().get(node, "/api/echo/a"));
        assertReuse(thief.get(node, "/api/echo/a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/echo/a", "/api/status/204", "/system/auth/me", "/system/session/page", "/api/ticks"})
    void responseWhenItsHeadWasSentThenTheGraceWindowBegins(String target) throws Exception {
        for (GatewayNode node : nodes.values()) {
            IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
            var request = idle.tab().request(node, "GET", target, null).build();

            var response = GatewayNode.HTTP.send(request, HttpResponse.BodyHandlers.ofLines());

            assertThat(setCookies(response)).hasSize(2);
            // The stream is still open.
            try (Stream<String> lines = response.body()) {
                idle.await("used_at IS NOT NULL AND NOT undelivered");
                assertThat(lines).isNotNull();
            }
            idle.passGrace();
            assertReuse(idle.tab().get(node, "/api/echo/a"));
        }
    }

    /** A request that was refreshed and is held by the service until the cookies of its response are late. */
    private record LateRequest(
            GatewayNode node, IdleBrowser idle, String target, CompletableFuture<HttpResponse<String>> response) {
        static LateRequest of(RequestPath path) throws Exception {
            GatewayNode node = RefreshDeliveryIT.node(path);
            IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
            String target = slow();
            var response = send(node, idle.tab(), target);
            idle.await("undelivered");
            Await.until("the request has reached the service", () -> held.containsKey(target));
            long begin = System.nanoTime();
            Await.until("the cookies are late", () -> System.nanoTime() - begin > 100_000_000L);
            return new LateRequest(node, idle, target, response);
        }

        void assertBringsNoCookies() {
            latch(target).countDown();

            assertThat(response.join().statusCode()).isEqualTo(200);
            assertThat(setCookies(response.join())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void responseWhenItIsLaterThanANewerPairThenItBringsNoCookies(RequestPath path) throws Exception {
        var late = LateRequest.of(path);
        Browser tab = late.idle().tab();
        assertThat(tab.get(late.node(), "/api/echo/a").statusCode()).isEqualTo(200);
        assertThat(tab.call(late.node(), "POST", "/system/auth/refresh-token", null)
                        .statusCode())
                .isEqualTo(200);

        late.assertBringsNoCookies();

        assertThat(tab.without(Browser.ACCESS).get(late.node(), "/api/echo/a").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void responseWhenItIsLaterThanALoginThenItBringsNoCookies(RequestPath path) throws Exception {
        var late = LateRequest.of(path);
        Browser tab = late.idle().tab();
        assertThat(tab.login(late.node(), user, PASSWORD).statusCode()).isEqualTo(200);

        late.assertBringsNoCookies();

        assertThat(tab.get(late.node(), "/api/echo/a").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void responseWhenItIsLaterThanALogoutThenItBringsNoCookies(RequestPath path) throws Exception {
        var late = LateRequest.of(path);
        assertThat(late.idle()
                        .tab()
                        .call(late.node(), "POST", "/system/auth/logout", null)
                        .statusCode())
                .isEqualTo(200);

        late.assertBringsNoCookies();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenManyOfTheAddressAreBeingRefreshedThenRefusedAndNotCleared(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
        try (var database = GatewayNode.openDatabase();
                var lock = database.prepareStatement("SELECT id FROM auth_session WHERE id = ? FOR UPDATE")) {
            database.setAutoCommit(false);
            lock.setString(1, idle.session());
            assertThat(lock.execute()).isTrue();
            var calls = Stream.generate(() -> send(node, idle.tab(), "/api/echo/a"))
                    .limit(6)
                    .toList();

            // Those that wait for the lock cannot be the first that is answered.
            var first = CompletableFuture.anyOf(calls.toArray(CompletableFuture<?>[]::new))
                    .join();
            assertThat(first).isInstanceOfSatisfying(HttpResponse.class, response -> {
                assertThat(response.statusCode()).isEqualTo(429);
                assertThat(setCookies(response)).isEmpty();
                assertThat(response.headers().firstValue("Retry-After")).isPresent();
            });
            database.rollback();
            calls.forEach(CompletableFuture::join);
        }
        assertThat(idle.tab().get(node, "/api/echo/a").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void webSocketWhenItsHandshakeWasSentThenTheGraceWindowBegins(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        IdleBrowser idle = IdleBrowser.at(node, user, PASSWORD);
        try (Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write("GET /api/ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n%sCookie: %s\r\n\r\n"
                            .formatted(StreamClient.UPGRADE, idle.browser().header())
                            .getBytes(ISO_8859_1));
            idle.await("used_at IS NOT NULL AND NOT undelivered");
            assertThat(new String(read(socket), ISO_8859_1)).startsWith("HTTP/1.1 101");
        }
    }

    private static byte[] read(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        return socket.getInputStream().readNBytes(12);
    }
}
