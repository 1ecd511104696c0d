package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.gateway.fastpath.FastPath;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Cookies beside other credentials: what a login sets, what a request with cookies gets, and when it is refreshed. */
class CookieModeIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final String FRIEND = "https://friend.example";
    private static final GatewayNode fastPath = GatewayNode.start(arguments(true));
    private static final GatewayNode filterChain = GatewayNode.start(arguments(false));

    private static String[] arguments(boolean fast) {
        String cors = "--spring.cloud.gateway.server.webflux.globalcors.cors-configurations.[/api/status/**].";
        return new String[] {
            "--portcullis.http.cookies=on",
            "--portcullis.http.allowed-origins=" + FRIEND,
            "--portcullis.fast-path.enabled=" + fast,
            "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1",
            cors + "allowed-origins=" + FRIEND,
            cors + "allowed-methods=*",
            cors + "allow-credentials=true"
        };
    }

    /** The two ways of a proxied request. */
    enum Path {
        FAST_PATH,
        FILTER_CHAIN;

        GatewayNode node() {
            return this == FAST_PATH ? fastPath : filterChain;
        }
    }

    @BeforeAll
    static void createAccount() {
        fastPath.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        fastPath.close();
        filterChain.close();
    }

    private static Browser loggedIn(Path path) throws Exception {
        return Browser.loggedIn(path.node(), user, PASSWORD);
    }

    private static List<String> setCookies(HttpResponse<?> response) {
        return response.headers().allValues("Set-Cookie");
    }

    private static int code(HttpResponse<String> response) {
        return GatewayNode.JSON.readTree(response.body()).get("code").asInt();
    }

    /** Returns a genuine access token of the browser's session that has expired. */
    private static String expired(GatewayNode node, Browser browser) {
        TokenCodec codec = node.bean(TokenCodec.class);
        var genuine = (TokenVerification.Genuine) codec.verify(TokenKind.ACCESS, browser.value(Browser.ACCESS));
        return codec.mintAccess(
                        String.valueOf(genuine.token().sessionId()),
                        node.bean(Clock.class).instant().minus(Duration.ofMinutes(1)))
                .value();
    }

    private static void assertRefreshed(HttpResponse<?> response) {
        assertThat(setCookies(response))
                .hasSize(2)
                .anyMatch(it -> it.startsWith(Browser.ACCESS + "=pca_"))
                .anyMatch(it -> it.startsWith(Browser.REFRESH + "=pcr_"));
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
    }

    private static void assertCleared(HttpResponse<?> response) {
        assertThat(setCookies(response)).hasSize(2).allMatch(it -> it.contains("=; ") && it.contains("Max-Age=0"));
    }

    @ParameterizedTest
    @EnumSource
    void loginWhenInABrowserThenTokensAreInCookiesAlone(Path path) throws Exception {
        var response = new Browser().login(path.node(), user, PASSWORD);

        assertThat(setCookies(response))
                .hasSize(2)
                .allSatisfy(cookie -> assertThat(cookie)
                        .startsWith("__Host-portcullis_")
                        .contains("Path=/;", "Secure", "SameSite=Lax")
                        .containsIgnoringCase("HttpOnly")
                        .doesNotContain("Domain"));
        assertThat(response.body())
                .contains("userId", "sessionId", "expiresTime")
                .doesNotContain("pca_", "pcr_");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @ParameterizedTest
    @EnumSource
    void loginWhenInNoBrowserThenTokensAreInTheBodyToo(Path path) throws Exception {
        var response = path.node()
                .call(
                        "POST",
                        "/system/auth/login",
                        null,
                        "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD));

        assertThat(setCookies(response)).hasSize(2);
        assertThat(response.body()).contains("pca_", "pcr_");
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAccessCookieValidThenProxiedWithoutTheCookiesAndNotRefreshed(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path).with("a", "1").with("z", "2");
        long before = node.bean(FastPath.class).count();

        for (String method : List.of("GET", "POST", "DELETE")) {
            var response = browser.call(node, method, "/api/echo/a", null);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(setCookies(response)).isEmpty();
            assertThat(response.body())
                    .contains("X-Session-Id", user, "a=1; z=2")
                    .doesNotContain("portcullis_", "pca_");
        }
        var open = browser.get(node, "/public/echo/a");
        assertThat(open.body()).contains("a=1; z=2").doesNotContain("portcullis_", "pca_", "X-Session-Id");
        assertThat(node.bean(FastPath.class).count() - before).isEqualTo(path == Path.FAST_PATH ? 4 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAccessCookieMissingThenRefreshedBeforeItsBodyIsRead(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path).without(Browser.ACCESS);
        String body = "\"" + "0123456789abcdef".repeat(20_000) + "\"";

        for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
            Browser tab = browser.without(Browser.ACCESS);
            var response = tab.call(node, method, "/api/echo/a", method.equals("GET") ? null : body);
            assertThat(response.statusCode()).isEqualTo(200);
            assertRefreshed(response);
            assertThat(response.body()).contains("X-Session-Id").doesNotContain("portcullis_", "pca_", "pcr_");
            assertThat(response.body().length()).isGreaterThan(method.equals("GET") ? 0 : body.length());
            assertThat(tab.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
            browser = tab;
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAccessCookieExpiredThenRefreshed(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        Browser later = browser.with(Browser.ACCESS, expired(node, browser));

        var response = later.get(node, "/api/echo/a");

        assertThat(response.statusCode()).isEqualTo(200);
        assertRefreshed(response);
        assertThat(setCookies(later.get(node, "/api/echo/a"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenRefreshedThenEachResponseBringsTheCookies(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        for (String target : List.of("/api/status/500", "/api/status/204", "/api/status/304", "/system/auth/me")) {
            browser = browser.without(Browser.ACCESS);
            assertRefreshed(browser.get(node, target));
        }
        browser = browser.without(Browser.ACCESS);
        var denied = browser.get(node, "/system/session/page");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertRefreshed(denied);
        var unchecked = browser.without(Browser.ACCESS).get(node, "/public/echo/a");
        assertThat(setCookies(unchecked)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void streamWhenRefreshedThenItsHeadBringsTheCookies(Path path) throws Exception {
        Browser browser = loggedIn(path).without(Browser.ACCESS);
        var request = browser.request(path.node(), "GET", "/api/ticks", null).build();

        var response = GatewayNode.HTTP.send(request, HttpResponse.BodyHandlers.ofLines());

        assertRefreshed(response);
        try (Stream<String> lines = response.body()) {
            assertThat(lines.limit(1)).containsExactly("id:1");
        }
    }

    private static String handshake(GatewayNode node, Browser browser, String origin) {
        return RawHttp.exchange(
                node,
                String.join(
                        "\r\n",
                        "GET /api/ws HTTP/1.1",
                        "Host: localhost",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "Cookie: " + browser.header(),
                        origin + "\r\n\r\n"));
    }

    @ParameterizedTest
    @EnumSource
    void webSocketWhenRefreshedThenItsHandshakeBringsTheCookies(Path path) throws Exception {
        Browser browser = loggedIn(path).without(Browser.ACCESS);

        String answer = handshake(path.node(), browser, "Origin: http://localhost");

        assertThat(answer).startsWith("HTTP/1.1 101").containsIgnoringCase("set-cookie: " + Browser.ACCESS + "=pca_");
        assertThat(answer).containsIgnoringCase("set-cookie: " + Browser.REFRESH + "=pcr_");
    }

    @ParameterizedTest
    @CsvSource({
        "Origin: http://localhost, 101",
        "Origin: https://friend.example, 101",
        "Origin: https://evil.example, 403",
        "Origin: https://localhost, 403",
        "Origin: http://localhost:81, 403",
        "Origin: null, 403",
        "X-Requested-With: x, 403"
    })
    void webSocketWhenOriginForeignThenRefused(String origin, int status) throws Exception {
        Browser browser = loggedIn(Path.FILTER_CHAIN);

        assertThat(handshake(filterChain, browser, origin)).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenSessionLoggedOutThenRefusedWithTheReasonAndCleared(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        Browser otherTab = browser.with("a", "1");
        assertCleared(browser.call(node, "POST", "/system/auth/logout", null));
        assertThat(browser.isEmpty()).isTrue();

        for (Browser tab : List.of(otherTab, otherTab.without(Browser.ACCESS), otherTab.without(Browser.REFRESH))) {
            var response = tab.get(node, "/api/echo/a");
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(code(response)).isEqualTo(1002000020);
            assertThat(response.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Bearer ");
            assertCleared(response);
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenNoCookieIsUsableThenAskedToLogInAndCleared(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        String foreign = browser.value(Browser.ACCESS).replaceFirst("pca_...", "pca_AAA");

        for (String value : List.of(foreign, expired(node, browser))) {
            var response = new Browser().with(Browser.ACCESS, value).get(node, "/api/echo/a");
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(code(response)).isEqualTo(401);
            assertCleared(response);
        }
        var none = new Browser().with(Browser.ACCESS, "x".repeat(4_000)).get(node, "/api/echo/a");
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(code(none)).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAForeignCookieIsBesideTheRealOneThenTheRealOneDecides(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        String real = Browser.ACCESS + "=" + browser.value(Browser.ACCESS);
        Browser over = loggedIn(path);
        Browser planted = over.with("a", "1");
        over.call(node, "POST", "/system/auth/logout", null);
        String refreshToken = "pca_" + browser.value(Browser.REFRESH).substring(4);
        for (String value : List.of(
                planted.value(Browser.ACCESS), refreshToken, browser.value(Browser.REFRESH), "x".repeat(4_000), "")) {
            String other = Browser.ACCESS + "=" + value;
            for (String header : List.of(other + "; " + real, real + "; " + other, real + ";" + other + ";b=2")) {
                var response = node.get("/api/echo/a", "Cookie", header);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).contains(user).doesNotContain("portcullis_");
            }
            var refreshed = browser.with(Browser.ACCESS, value);
            assertThat(refreshed.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
            browser.keep(List.of(
                    Browser.REFRESH + "=" + refreshed.value(Browser.REFRESH) + ";",
                    Browser.ACCESS + "=" + refreshed.value(Browser.ACCESS) + ";"));
            real = Browser.ACCESS + "=" + browser.value(Browser.ACCESS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAHeaderIsBesideTheCookieThenTheHeaderDecides(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path).without(Browser.ACCESS);
        String admin = "Bearer "
                + node.login("admin", "admin-demo-pass").get("accessToken").asString();

        var response = node.get("/api/echo/a", "Cookie", browser.header(), "Authorization", admin);
        var bad = node.get("/api/echo/a", "Cookie", browser.header(), "Authorization", "Bearer pca_x");

        for (String other : List.of("Basic eDp4", "Bearer ")) {
            Browser awake = loggedIn(path);
            var both = node.get("/api/echo/a", "Cookie", awake.header(), "Authorization", other);
            assertThat(both.body()).contains(user).doesNotContain("pca_", "Bearer");
            assertThat(both.body().contains(other)).isEqualTo(other.startsWith("Basic"));
        }
        assertThat(response.body()).contains("\"admin\"").doesNotContain(user, "pca_", "pcr_");
        assertThat(bad.statusCode()).isEqualTo(401);
        assertThat(setCookies(response)).isEmpty();
        assertThat(setCookies(bad)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', 200",
        "POST, '', 403",
        "DELETE, '', 403",
        "POST, Sec-Fetch-Site: same-origin, 200",
        "POST, Sec-Fetch-Site: none, 200",
        "POST, Sec-Fetch-Site: same-site, 403",
        "POST, Sec-Fetch-Site: cross-site, 403",
        "POST, Sec-Fetch-Site: cross-site|X-Requested-With: x, 403",
        "POST, Sec-Fetch-Site: same-site|Origin: https://friend.example, 200",
        "POST, Sec-Fetch-Site: cross-site|Origin: https://evil.example|X-Requested-With: x, 403",
        "POST, Origin: http://gw.example, 200",
        "POST, Origin: HTTP://GW.example:80, 200",
        "POST, Origin: https://gw.example, 403",
        "POST, Origin: http://gw.example:8080, 403",
        "POST, Origin: http://gw.example.evil.example, 403",
        "POST, Origin: http://evil.example@gw.example, 403",
        "POST, Origin: https://friend.example:443, 200",
        "POST, Origin: https://friend.example., 403",
        "POST, Origin: null, 403",
        "POST, Origin: null|X-Requested-With: x, 403",
        "POST, Origin: https://evil.example|X-Requested-With: x, 403",
        "POST, X-Requested-With: x, 200",
        "POST, X-Forwarded-Proto: https|X-Forwarded-Host: app.example|Origin: https://app.example, 200",
        "POST, X-Forwarded-Proto: https|X-Forwarded-Host: app.example|Origin: http://gw.example, 403",
        "POST, X-Forwarded-Proto: https|Origin: https://gw.example, 200"
    })
    void requestWhenFromAPageOfAnotherOriginThenRefused(String method, String headers, int status) throws Exception {
        for (Path path : Path.values()) {
            Browser browser = loggedIn(path);
            for (String target : List.of("/api/echo/a", "/system/auth/logout")) {
                if (target.startsWith("/system") && !method.equals("POST")) {
                    continue;
                }
                String head =
                        "%s %s HTTP/1.1\r\nHost: gw.example\r\nConnection: close\r\nContent-Length: 0\r\nCookie: %s\r\n"
                                .formatted(method, target, browser.header());
                String answer = RawHttp.exchange(
                        path.node(), head + (headers.isEmpty() ? "" : headers.replace("|", "\r\n") + "\r\n") + "\r\n");
                assertThat(answer).as("%s %s", path, target).startsWith("HTTP/1.1 " + status);
                assertThat(answer.contains("1002000030")).isEqualTo(status == 403);
            }
            assertThat(browser.get(path.node(), "/api/echo/a").statusCode())
                    .isEqualTo(status == 403 || method.equals("GET") ? 200 : 401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "login, '', 200",
        "login, Sec-Fetch-Site: same-origin, 200",
        "login, Sec-Fetch-Site: cross-site, 403",
        "login, Origin: https://evil.example, 403",
        "login, Origin: https://evil.example|X-Requested-With: x, 403",
        "login, Origin: https://friend.example, 200",
        "login, Origin: null, 403",
        "refresh-token, Sec-Fetch-Site: cross-site, 403",
        "refresh-token, '', 401"
    })
    void loginWhenFromAPageOfAnotherOriginThenRefused(String call, String headers, int status) throws Exception {
        var request = HttpRequest.newBuilder(fastPath.uri("/system/auth/" + call))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD)));
        for (String header : headers.isEmpty() ? new String[0] : headers.split("\\|")) {
            request.header(header.replaceFirst(":.*", ""), header.replaceFirst(".*?: ", ""));
        }

        var response = GatewayNode.send(request);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(setCookies(response)).hasSize(status == 200 ? 2 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void loginWhenTheBrowserHoldsAnOlderSessionThenThatEndsAsReplaced(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        Browser older = browser.with("a", "1");

        assertThat(browser.login(node, user, PASSWORD).statusCode()).isEqualTo(200);

        assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        assertThat(code(older.get(node, "/api/echo/a"))).isEqualTo(1002000022);
        try (var database = GatewayNode.openDatabase();
                var query = database.prepareStatement(
                        "SELECT COUNT(*) FROM login_log l JOIN account a ON l.user_id = a.id WHERE a.username = ? AND l.type = 'REPLACED'")) {
            query.setString(1, user);
            try (var rows = query.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusalWhenAnotherOriginIsAllowedThenItsPageCanReadIt(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        browser.with("a", "1").call(node, "POST", "/system/auth/logout", null);

        for (Browser each : List.of(browser, new Browser())) {
            var response = GatewayNode.send(
                    each.request(node, "GET", "/api/status/200", null).header("Origin", FRIEND));
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly(FRIEND);
            assertThat(response.headers().allValues("Access-Control-Allow-Credentials"))
                    .containsExactly("true");
        }
        var preflight = GatewayNode.send(HttpRequest.newBuilder(node.uri("/api/status/200"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", FRIEND)
                .header("Access-Control-Request-Method", "POST"));
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .contains("true");
    }

    @ParameterizedTest
    @EnumSource
    void logoutAllWhenByCookieThenClearedAndAllOver(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser first = loggedIn(path);
        Browser second = loggedIn(path);
        Browser asleep = second.without(Browser.ACCESS);

        assertCleared(asleep.call(node, "POST", "/system/auth/logout-all", null));

        assertThat(first.get(node, "/api/echo/a").statusCode()).isEqualTo(401);
        assertThat(second.get(node, "/api/echo/a").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void refreshWhenByCookieThenTheNextPairIsInCookies(Path path) throws Exception {
        GatewayNode node = path.node();
        Browser browser = loggedIn(path);
        Browser before = browser.with("a", "1");

        var response = browser.call(node, "POST", "/system/auth/refresh-token", null);

        assertRefreshed(response);
        assertThat(response.body()).contains("expiresTime").doesNotContain("pca_", "pcr_");
        assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        browser.call(node, "POST", "/system/auth/logout", null);
        var over = before.call(node, "POST", "/system/auth/refresh-token", null);
        assertThat(code(over)).isEqualTo(1002000020);
        assertCleared(over);
    }
}
