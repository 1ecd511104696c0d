package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.code;
import static io.portcullis.gateway.CookieAssertions.setCookies;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.TextMessageLogin;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Sessions that the service of a route with {@code login: true} opens, and services that try what they may not. */
@Tag("database-independent")
class LoginServiceIT {
    private static final String HEADER = "X-Portcullis-Login";
    private static final String EMPTY = "Content-Length: 0\r\n\r\n";

    private static final List<String> responses = new ArrayList<>();
    private static final List<String> received = new ArrayList<>();
    private static final ScriptedService service = ScriptedService.start(LoginServiceIT::respond);
    private static final TextMessageLogin textMessages = TextMessageLogin.start();
    private static final Map<RequestPath, GatewayNode> nodes = new EnumMap<>(RequestPath.class);

    private final String userId = "u-" + UUID.randomUUID();

    /** The node of the fast path has cookies, the other one has not. */
    @BeforeAll
    static void start() {
        for (RequestPath path : RequestPath.values()) {
            String cookies = path == RequestPath.FAST_PATH ? "on" : "off";
            nodes.put(
                    path,
                    GatewayNode.start(new Routes()
                            .add("/login/**", service.uri(), "metadata.auth=none", "metadata.login=true")
                            .add(
                                    "/impatient/**",
                                    service.uri(),
                                    "metadata.auth=none",
                                    "metadata.login=true",
                                    "metadata.response-timeout=500")
                            .add(
                                    "/sms/**",
                                    textMessages.uri(),
                                    "metadata.auth=none",
                                    "metadata.login=true",
                                    "filters[0]=RewritePath=/sms,/login/sms")
                            .add("/open/**", service.uri(), "metadata.auth=none")
                            .add("/orders/**", service.uri())
                            .arguments(
                                    path.argument(),
                                    "--portcullis.http.cookies=" + cookies,
                                    "--portcullis.session.one-per-device-type=app")));
        }
    }

    @AfterAll
    static void close() throws IOException {
        nodes.values().forEach(GatewayNode::close);
        service.close();
        textMessages.close();
    }

    private static GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    private static GatewayNode withCookies() {
        return node(RequestPath.FAST_PATH);
    }

    private static GatewayNode withoutCookies() {
        return node(RequestPath.FILTER_CHAIN);
    }

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws IOException {
        String response;
        synchronized (responses) {
            received.add(request.path() + " " + request.headers());
            String name = request.path().replaceFirst("\\?.*", "").replaceFirst(".*/", "");
            response = name.equals("echo") ? "HTTP/1.1 200 OK\r\n" + EMPTY : responses.get(Integer.parseInt(name));
        }
        wire.send(response);
    }

    /** Lets the service answer so at the path that is returned. */
    private static String script(String folder, String response) {
        synchronized (responses) {
            responses.add(response);
            return folder + (responses.size() - 1);
        }
    }

    private static String lastReceived() {
        synchronized (responses) {
            return received.get(received.size() - 1);
        }
    }

    private static int receivedCount() {
        synchronized (responses) {
            return received.size();
        }
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    private static String line(String json) {
        return HEADER + ": " + encoded(json) + "\r\n";
    }

    private String user(String more) {
        return "{\"userId\":\"%s\",\"username\":\"Änne %s\"%s}".formatted(userId, userId, more);
    }

    private static String ok(String headers, String body) {
        return "HTTP/1.1 201 Created\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(headers, body.length(), body);
    }

    private static HttpResponse<String> post(GatewayNode node, String path) throws Exception {
        return node.call("POST", path, null, "{}");
    }

    private int sessions() throws Exception {
        return GatewayNode.count("SELECT COUNT(*) FROM auth_session WHERE user_id = ?", userId);
    }

    @Test
    void loginWhenByHeaderThenTheTokensLiveWithoutAnAccount() throws Exception {
        GatewayNode node = withoutCookies();
        String more =
                ",\"userType\":\"member\",\"roles\":[\"user\",\"clerk\"],\"tenantId\":\"t-1\",\"device\":\"phone\"";
        String path = script("/login/", ok(line(user(more)), "{\"welcome\": 1.10}"));

        var response = post(node, path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().map()).doesNotContainKey(HEADER.toLowerCase(Locale.ROOT));
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(response.body()).contains("\"code\":0", "\"service\":{\"welcome\": 1.10}");
        JsonNode pair = GatewayNode.data(response);
        assertThat(pair.get("userId").asString()).isEqualTo(userId);
        String access = pair.get("accessToken").asString();
        assertThat(node.call("GET", "/orders/echo", access, null).statusCode()).isEqualTo(200);
        assertThat(lastReceived())
                .contains("x-user-id=" + userId, "x-user-name=%C3%84nne%20" + userId, "x-user-type=member")
                .contains("x-user-roles=clerk,user", "x-tenant-id=t-1", "x-session-id")
                .doesNotContain("accept-encoding");
        var refreshed = node.refresh(pair.get("refreshToken").asString());
        assertThat(refreshed.statusCode()).as(refreshed.body()).isEqualTo(200);
        String next = GatewayNode.data(refreshed).get("accessToken").asString();
        assertThat(node.call("GET", "/orders/echo", next, null).statusCode()).isEqualTo(200);
        assertThat(lastReceived()).contains("x-user-roles=clerk,user", "x-tenant-id=t-1");
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log WHERE type = 'LOGIN' AND result = 'SUCCESS'"
                                + " AND detail = 'login service: route-0' AND user_id = ?",
                        userId))
                .isEqualTo(1);

        assertThat(node.call("POST", "/system/auth/logout", next, null).statusCode())
                .isEqualTo(200);

        assertThat(code(node.call("GET", "/orders/echo", access, null))).isEqualTo(1002000020);
        assertThat(code(node.call("GET", "/orders/echo", next, null))).isEqualTo(1002000020);
        assertThat(code(node.refresh(
                        GatewayNode.data(refreshed).get("refreshToken").asString())))
                .isEqualTo(1002000020);
    }

    @Test
    void loginWhenInABrowserThenByCookiesAndTheOlderSessionEnds() throws Exception {
        GatewayNode node = withCookies();
        String headers =
                "Set-Cookie: state=; Max-Age=0\r\nSet-Cookie: " + Browser.ACCESS + "=forged\r\nETag: \"1\"\r\n";
        String path = script("/login/", "HTTP/1.1 204 No Content\r\n" + headers + line(user("")) + "\r\n");
        Browser browser = new Browser();

        var response = browser.call(node, "POST", path, "{}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("sessionId").doesNotContain("pca_", "pcr_", "service");
        assertThat(setCookies(response)).hasSize(3).noneMatch(cookie -> cookie.contains("forged"));
        assertThat(response.headers().map()).doesNotContainKey("etag");
        assertThat(browser.without(Browser.ACCESS).get(node, "/orders/echo").statusCode())
                .as("a silent refresh")
                .isEqualTo(200);
        Browser older = browser.with("a", "1");
        assertThat(browser.call(node, "POST", path, "{}").statusCode()).isEqualTo(200);
        assertThat(browser.get(node, "/orders/echo").statusCode()).isEqualTo(200);
        assertThat(code(older.get(node, "/orders/echo"))).isEqualTo(1002000022);
        String copied = browser.header();
        browser.call(node, "POST", "/system/auth/logout", null);
        assertThat(code(node.get("/orders/echo", "Cookie", copied))).isEqualTo(1002000020);
    }

    @Test
    void loginWhenTheServiceRedirectsThenTheRedirectionBringsTheCookies() throws Exception {
        String redirection =
                "HTTP/1.1 303 See Other\r\nLocation: /home?a=1\r\n" + line(user("")) + "Content-Length: 2\r\n\r\nok";
        GatewayNode node = withCookies();

        var response = GatewayNode.send(HttpRequest.newBuilder(node.uri(script("/login/", redirection)))
                .header("Sec-Fetch-Site", "cross-site"));

        assertThat(response.statusCode()).isEqualTo(303);
        assertThat(response.headers().allValues("Location")).containsExactly("/home?a=1");
        assertThat(response.body()).isEmpty();
        Browser browser = new Browser();
        browser.keep(setCookies(response));
        assertThat(browser.get(node, "/orders/echo").statusCode()).isEqualTo(200);
        assertThat(sessions()).isEqualTo(1);
        assertThat(post(withoutCookies(), script("/login/", redirection)).statusCode())
                .isEqualTo(502);
        assertThat(sessions()).isEqualTo(1);
    }

    /** The responses of services that open nothing. SECRET may not be logged. */
    private static Stream<Arguments> nonsense() {
        String good = "\"userId\":\"U\",\"username\":\"n\"";
        String tooLong = "{\"a\":\"" + "x".repeat(70_000) + "\"}";
        Stream<String> headers = Stream.of(
                        "null",
                        "[]",
                        "1",
                        "{}",
                        "not JSON SECRET",
                        "{\"userId\":\"U\"}",
                        "{\"username\":\"n\"}",
                        "{\"userId\":1,\"username\":\"n\"}",
                        "{\"userId\":null,\"username\":\"n\"}",
                        "{\"userId\":\"\",\"username\":\"n\"}",
                        "{\"userId\":\"U \",\"username\":\"n\"}",
                        "{\"userId\":\"client:U\",\"username\":\"n\"}",
                        "{\"userId\":\"U\",\"username\":\"a\\nSECRET\"}",
                        "{\"userId\":\"U\",\"username\":\"\\ud800\"}",
                        "{\"userId\":\"U\",\"username\":\"" + "n".repeat(129) + "\"}",
                        "{\"userId\":\"" + "U".repeat(65) + "\",\"username\":\"n\"}",
                        "{" + good + ",\"userId\":\"U\"}",
                        "{" + good + "} {}",
                        "{" + good + ",\"SECRET\":\"x\"}",
                        "{" + good + ",\"password\":\"SECRET\"}",
                        "{" + good + ",\"roles\":\"admin\"}",
                        "{" + good + ",\"roles\":[1]}",
                        "{" + good + ",\"roles\":[null]}",
                        "{" + good + ",\"roles\":[\"a,admin\"]}",
                        "{" + good + ",\"roles\":[\"" + "r".repeat(1025) + "\"]}",
                        "{" + good + ",\"roles\":[[\"a\"]]}",
                        "{" + good + ",\"userType\":\"" + "t".repeat(65) + "\"}",
                        "{" + good + ",\"tenantId\":\"" + "t".repeat(65) + "\"}",
                        "{" + good + ",\"tenantId\":\"\"}",
                        "{" + good + ",\"device\":\"" + "d".repeat(65) + "\"}",
                        "{" + good + ",\"deviceType\":\"\"}",
                        "{" + good + ",\"device\":\"" + "d".repeat(6_000) + "\"}")
                .map(json -> line(json) + EMPTY);
        String login = line("{" + good + "}");
        Stream<String> others = Stream.of(
                HEADER + ": {\"SECRET\"}\r\n" + EMPTY,
                HEADER + ": \r\n" + EMPTY,
                HEADER + ": wyg\r\n" + EMPTY,
                login + login + EMPTY,
                login + login.replace(HEADER, "x_portcullis.LOGIN") + EMPTY,
                login + "Content-Length: 2\r\n\r\n[]",
                login + "Content-Length: 2\r\n\r\nok",
                login + "Content-Length: 5\r\n\r\n{} {}",
                login + "Content-Length: 13\r\n\r\n{\"a\":1,\"a\":2}",
                login + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                login + "Content-Length: " + tooLong.length() + "\r\n\r\n" + tooLong,
                login + "Transfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\n\r\n");
        Stream<String> successes = Stream.concat(headers, others)
                .map(rest -> "HTTP/1.1 200 OK\r\nSet-Cookie: s=1\r\nLocation: /SECRET\r\n" + rest);
        Stream<String> redirections = Stream.of(
                        "300 Multiple Choices\r\nLocation: /a",
                        "304 Not Modified\r\nLocation: /a",
                        "302 Found\r\nX-Nothing: x",
                        "302 Found\r\nLocation: /a\r\nLocation: /b")
                .map(head -> "HTTP/1.1 " + head + "\r\n" + login + EMPTY);
        return Stream.concat(successes, redirections).map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void loginWhenTheServiceAnswersNonsenseThenBadGatewayAndNothingOpens(String response) throws Exception {
        try (var lines = LogCapture.of("io.portcullis", Level.DEBUG)) {
            var answer = post(withCookies(), script("/login/", response.replace("\"U", "\"" + userId)));

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(code(answer)).isEqualTo(502);
            assertThat(setCookies(answer)).isEmpty();
            assertThat(answer.headers().map()).doesNotContainKeys("location", HEADER.toLowerCase(Locale.ROOT));
            assertThat(answer.body()).doesNotContain("SECRET");
            assertThat(sessions()).isZero();
            assertThat(lines.lines()).noneMatch(line -> line.contains("SECRET") || line.contains(userId));
        }
    }

    /** The gateway itself waits for the body, so a service that stalls must not hold the call. */
    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "302 Found\r\nLocation: /a"})
    void loginWhenTheServiceStallsInItsBodyThenTimeoutAndNothingOpens(String status) throws Exception {
        String response = "HTTP/1.1 " + status + "\r\n" + line(user("")) + "Content-Length: 20\r\n\r\n{";

        var answer = post(withCookies(), script("/impatient/", response));

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(setCookies(answer)).isEmpty();
        assertThat(sessions()).isZero();
    }

    /** Of repeated failures the log has one a second. */
    @Test
    void loginWhenTheServiceAnswersNonsenseThenTheLogSaysWhatWasWrong() throws Exception {
        String path = script("/login/", "HTTP/1.1 200 OK\r\n" + line(user(",\"role\":\"x\"")) + EMPTY);
        try (var lines = LogCapture.of("io.portcullis", Level.WARN)) {
            Await.until("the reason is in the log", () -> {
                assertThat(post(withCookies(), path).statusCode()).isEqualTo(502);
                return lines.lines().stream()
                        .anyMatch(line -> line.startsWith("WARN Route route-0: the login service opened no session: ")
                                && line.contains("X-Portcullis-Login is no JSON object of texts, with userId"));
            });
        }
    }

    /** The header is the services' of login routes alone, in every spelling, and not even theirs with another status. */
    @ParameterizedTest
    @EnumSource
    void headerWhenAnyoneElseSendsItThenItIsDropped(RequestPath path) throws Exception {
        GatewayNode node = node(path);
        for (String name : List.of(HEADER, "x_portcullis_login", "X.PORTCULLIS-Login")) {
            String lines = line(user("")).replace(HEADER, name);
            String trailer =
                    "Transfer-Encoding: chunked\r\nTrailer: " + name + "\r\n\r\n1\r\na\r\n0\r\n" + lines + "\r\n";
            for (String target : List.of(
                    script("/open/", "HTTP/1.1 200 OK\r\n" + lines + EMPTY),
                    script("/open/", "HTTP/1.1 302 Found\r\nLocation: /a\r\n" + lines + EMPTY),
                    script(
                            "/open/",
                            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n" + lines + "\r\nHTTP/1.1 200 OK\r\n" + EMPTY),
                    script("/open/", "HTTP/1.1 200 OK\r\n" + trailer),
                    script("/login/", "HTTP/1.1 200 OK\r\n" + trailer),
                    script("/login/", "HTTP/1.1 400 Bad Request\r\n" + lines + EMPTY),
                    script("/login/", "HTTP/1.1 503 Service Unavailable\r\n" + lines + EMPTY))) {
                String answer =
                        raw(node, "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + "\r\n");

                assertThat(answer).startsWith("HTTP/1.1 ");
                assertThat(answer.toLowerCase(Locale.ROOT))
                        .as(target)
                        .doesNotContain("portcullis", encoded(user("")).toLowerCase(Locale.ROOT));
                assertThat(lastReceived().toLowerCase(Locale.ROOT)).doesNotContain("portcullis");
            }
        }
        assertThat(sessions()).isZero();
    }

    private static String raw(GatewayNode node, String request) throws IOException {
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nok"
            })
    void responseWhenItOpensNoSessionThenRelayedAsItIs(String response) throws Exception {
        var answer = post(withCookies(), script("/login/", response));

        assertThat(answer.statusCode()).isEqualTo(response.contains("200") ? 200 : 400);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(setCookies(answer)).isEmpty();
    }

    @Test
    void loginWhenAForeignPageSendsItThenTheServiceIsNotAsked() throws Exception {
        GatewayNode node = withCookies();
        String path = script("/login/", ok(line(user("")), "{}"));
        int before = receivedCount();

        for (String header : List.of("Origin", "Sec-Fetch-Site")) {
            var answer = GatewayNode.send(HttpRequest.newBuilder(node.uri(path))
                    .header(header, header.equals("Origin") ? "https://evil.example" : "cross-site")
                    .POST(HttpRequest.BodyPublishers.noBody()));
            assertThat(code(answer)).isEqualTo(1002000030);
        }

        assertThat(receivedCount()).isEqualTo(before);
        assertThat(sessions()).isZero();
    }

    @Test
    void loginWhenOnATypeOfDeviceWithOneSessionThenTheOtherEnds() throws Exception {
        GatewayNode node = withoutCookies();
        String first = script("/login/", ok(line(user(",\"device\":\"Anna's\",\"deviceType\":\"App\"")), "{}"));
        String other = script("/login/", ok(line(user(",\"device\":\"app\",\"deviceType\":\"web\"")), "{}"));
        String second = script("/login/", ok(line(user(",\"device\":\"app\"")), "{}"));
        String access = GatewayNode.data(post(node, first)).get("accessToken").asString();
        String onWeb = GatewayNode.data(post(node, other)).get("accessToken").asString();

        assertThat(post(node, second).statusCode()).isEqualTo(200);

        assertThat(code(node.call("GET", "/orders/echo", access, null))).isEqualTo(1002000022);
        assertThat(node.call("GET", "/orders/echo", onWeb, null).statusCode()).isEqualTo(200);
    }

    /** The example in the testbed. */
    @Test
    void loginWhenByTextMessageThenTheCodeOpensOneSession() throws Exception {
        GatewayNode node = withoutCookies();
        String phone = "+49" + (1_000_000_000L + Math.floorMod(userId.hashCode(), 1_000_000_000));
        assertThat(node.call("POST", "/sms/code", null, "{\"phone\":\"" + phone + "\"}")
                        .statusCode())
                .isEqualTo(202);
        String code = textMessages.codeOf(phone).orElseThrow();
        String body = "{\"phone\":\"%s\",\"code\":\"%s\"}".formatted(phone, code);

        var response = node.call("POST", "/sms", null, body);
        var again = node.call("POST", "/sms", null, body);

        assertThat(response.body()).contains("\"service\":{\"phone\":\"" + phone + "\"}");
        String access = GatewayNode.data(response).get("accessToken").asString();
        JsonNode me = GatewayNode.data(node.call("GET", "/system/auth/me", access, null));
        assertThat(me.get("username").asString()).isEqualTo(phone);
        assertThat(me.get("userType").asString()).isEqualTo("customer");
        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(again.body()).isEmpty();
    }

    /** Where the user of the service has an account, its status counts: at the login, and at each refresh. */
    @Test
    void loginWhenTheUserHasADisabledAccountThenRefused() throws Exception {
        GatewayNode node = withoutCookies();
        String name = "user-" + UUID.randomUUID();
        node.createAccount(name, "some-demo-pass", "user");
        String id = node.login(name, "some-demo-pass").get("userId").asString();
        String path = script("/login/", ok(line("{\"userId\":\"%s\",\"username\":\"%s\"}".formatted(id, name)), "{}"));
        JsonNode pair = GatewayNode.data(post(node, path));
        String admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
        assertThat(node.call("PUT", "/system/account/" + id + "/status", admin, "{\"status\":\"disabled\"}")
                        .statusCode())
                .isEqualTo(200);

        var refused = post(node, path);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(code(refused)).isEqualTo(1002000001);
        assertThat(refused.body()).doesNotContain("service");
        assertThat(code(node.refresh(pair.get("refreshToken").asString()))).isEqualTo(1002000025);
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log WHERE result = 'ACCOUNT_DISABLED' AND user_id = ?", id))
                .isEqualTo(1);
    }
}
