package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertCleared;
import static io.portcullis.gateway.CookieAssertions.setCookies;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.sql.SQLException;
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

    /** A browser whose access cookie has run out, and the id of its session. */
    private record Sleeper(Browser browser, String session) {
        static Sleeper at(GatewayNode node) throws Exception {
            Browser browser = Browser.loggedIn(node, user, PASSWORD);
            String session = GatewayNode.data(browser.get(node, "/system/auth/me"))
                    .get("sessionId")
                    .asString();
            return new Sleeper(browser.without(Browser.ACCESS), session);
        }

        /** Returns another request of the same browser, which has the same cookies. */
        Browser tab() {
            return browser.without(Browser.ACCESS);
        }
    }

    private static int rows(Sleeper sleeper, String condition) throws SQLException {
        return GatewayNode.count(
                "SELECT COUNT(*) FROM refresh_token WHERE session_id = ? AND " + condition, sleeper.session());
    }

    private static void await(Sleeper sleeper, String condition) throws Exception {
        Await.until(condition, () -> rows(sleeper, condition) > 0);
    }

    /** Lets the time of a grace window pass for the spent refresh token. */
    private static void passGrace(Sleeper sleeper) throws SQLException {
        try (var database = GatewayNode.openDatabase();
                var update = database.prepareStatement(
                        "UPDATE refresh_token SET used_at = used_at - INTERVAL 1 HOUR WHERE session_id = ? AND used_at IS NOT NULL")) {
            update.setString(1, sleeper.session());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
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
        Sleeper sleeper = Sleeper.at(node);
        String target = slow();
        var slow = send(node, sleeper.tab(), target);
        await(sleeper, "undelivered");
        passGrace(sleeper);

        var other = sleeper.tab().get(node, "/api/echo/a");
        assertThat(other.statusCode()).as(other.body()).isEqualTo(200);
        await(sleeper, "used_at IS NOT NULL AND NOT undelivered");
        latch(target).countDown();

        assertThat(slow.join().statusCode()).isEqualTo(200);
        assertThat(refreshCookie(slow.join())).isEqualTo(refreshCookie(other));
        passGrace(sleeper);
        assertReuse(sleeper.tab().get(node, "/api/echo/a"));
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheBrowserAbortsItThenTheNextOneIsServed(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        Sleeper sleeper = Sleeper.at(node);
        String target = slow();
        try (Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write(
                            "POST %s HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\nContent-Length: 9\r\n\r\n12"
                                    .formatted(target, sleeper.browser().header())
                                    .getBytes(ISO_8859_1));
            await(sleeper, "undelivered");
        }
        passGrace(sleeper);
        latch(target).countDown();

        Browser next = sleeper.tab();
        var response = next.get(node, "/api/echo/a");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(next.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        assertThat(rows(sleeper, "used_at IS NULL")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAThiefHasTheCookieOfAnAbortedOneThenTheSecondToComeEndsTheSession(RequestPath path)
            throws Exception {
        GatewayNode node = node(path);
        Sleeper sleeper = Sleeper.at(node);
        try (Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n"
                            .formatted(slow(), sleeper.browser().header())
                            .getBytes(ISO_8859_1));
            await(sleeper, "undelivered");
        }
        passGrace(sleeper);
        Browser thief = sleeper.tab();
        assertThat(thief.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        await(sleeper, "used_at IS NOT NULL AND NOT undelivered");
        passGrace(sleeper);

        assertReuse(sleeper.tab().get(node, "/api/echo/a"));
        assertReuse(thief.get(node, "/api/echo/a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/echo/a", "/api/status/204", "/system/auth/me", "/system/session/page", "/api/ticks"})
    void responseWhenItsHeadWasSentThenTheGraceWindowBegins(String target) throws Exception {
        for (GatewayNode node : nodes.values()) {
            Sleeper sleeper = Sleeper.at(node);
            var request = sleeper.tab().request(node, "GET", target, null).build();

            var response = GatewayNode.HTTP.send(request, HttpResponse.BodyHandlers.ofLines());

            assertThat(setCookies(response)).hasSize(2);
            // The stream is still open.
            try (Stream<String> lines = response.body()) {
                await(sleeper, "used_at IS NOT NULL AND NOT undelivered");
                assertThat(lines).isNotNull();
            }
            passGrace(sleeper);
            assertReuse(sleeper.tab().get(node, "/api/echo/a"));
        }
    }

    /** A request that was refreshed and is held by the service until the cookies of its response are late. */
    private record LateRequest(
            GatewayNode node, Sleeper sleeper, String target, CompletableFuture<HttpResponse<String>> response) {
        static LateRequest of(RequestPath path) throws Exception {
            GatewayNode node = RefreshDeliveryIT.node(path);
            Sleeper sleeper = Sleeper.at(node);
            String target = slow();
            var response = send(node, sleeper.tab(), target);
            await(sleeper, "undelivered");
            Await.until("the request has reached the service", () -> held.containsKey(target));
            long begin = System.nanoTime();
            Await.until("the cookies are late", () -> System.nanoTime() - begin > 100_000_000L);
            return new LateRequest(node, sleeper, target, response);
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
        Browser tab = late.sleeper().tab();
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
        Browser tab = late.sleeper().tab();
        assertThat(tab.login(late.node(), user, PASSWORD).statusCode()).isEqualTo(200);

        late.assertBringsNoCookies();

        assertThat(tab.get(late.node(), "/api/echo/a").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void responseWhenItIsLaterThanALogoutThenItBringsNoCookies(RequestPath path) throws Exception {
        var late = LateRequest.of(path);
        assertThat(late.sleeper()
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
        Sleeper sleeper = Sleeper.at(node);
        try (var database = GatewayNode.openDatabase();
                var lock = database.prepareStatement("SELECT id FROM auth_session WHERE id = ? FOR UPDATE")) {
            database.setAutoCommit(false);
            lock.setString(1, sleeper.session());
            assertThat(lock.execute()).isTrue();
            var calls = Stream.generate(() -> send(node, sleeper.tab(), "/api/echo/a"))
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
        assertThat(sleeper.tab().get(node, "/api/echo/a").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void webSocketWhenItsHandshakeWasSentThenTheGraceWindowBegins(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        Sleeper sleeper = Sleeper.at(node);
        try (Socket socket = RawHttp.open(node)) {
            socket.getOutputStream()
                    .write("GET /api/ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n%sCookie: %s\r\n\r\n"
                            .formatted(StreamClient.UPGRADE, sleeper.browser().header())
                            .getBytes(ISO_8859_1));
            await(sleeper, "used_at IS NOT NULL AND NOT undelivered");
            assertThat(new String(read(socket), ISO_8859_1)).startsWith("HTTP/1.1 101");
        }
    }

    private static byte[] read(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        return socket.getInputStream().readNBytes(12);
    }
}
