package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertCleared;
import static io.portcullis.gateway.CookieAssertions.code;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the clients of sessions see that had to give way to a login, by header and by cookie, on both paths and on another node. */
@Tag("database-independent")
class DeviceLimitIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final int REPLACED = 1002000022;
    private static final int TOO_MANY_SESSIONS = 1002000005;

    private static StreamingService service;
    private static GatewayNode fastPath;
    private static GatewayNode filterChain;
    private static GatewayNode rejecting;

    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws IOException {
        service = new StreamingService();
        fastPath = start(RequestPath.FAST_PATH.argument(), "--portcullis.session.max-per-user=2");
        filterChain = start(RequestPath.FILTER_CHAIN.argument(), "--portcullis.session.max-per-user=2");
        rejecting = start("--portcullis.session.max-per-user=1", "--portcullis.session.when-full=reject");
    }

    private static GatewayNode start(String... arguments) {
        List<String> all = new ArrayList<>(service.routes(0));
        all.add("--portcullis.http.cookies=on");
        all.add("--portcullis.session.one-per-device-type=app,tablet");
        all.addAll(Arrays.asList(arguments));
        return GatewayNode.start(all.toArray(String[]::new));
    }

    @AfterAll
    static void stop() throws IOException {
        fastPath.close();
        filterChain.close();
        rejecting.close();
        service.close();
    }

    @BeforeEach
    void addUser() {
        fastPath.createAccount(user, PASSWORD, "user");
    }

    private static GatewayNode node(RequestPath path) {
        return path == RequestPath.FAST_PATH ? fastPath : filterChain;
    }

    private HttpResponse<String> login(GatewayNode node, String device) throws Exception {
        return node.call(
                "POST",
                "/system/auth/login",
                null,
                "{\"username\":\"%s\",\"password\":\"%s\",\"device\":\"%s\"}".formatted(user, PASSWORD, device));
    }

    @CanIgnoreReturnValue
    private String access(GatewayNode node, String device) throws Exception {
        return GatewayNode.data(login(node, device)).get("accessToken").asString();
    }

    private static HttpResponse<String> call(GatewayNode node, String token) throws Exception {
        return node.call("GET", "/s/short", token, null);
    }

    @ParameterizedTest
    @EnumSource
    void loginWhenOnADeviceOfTheSameTypeThenTheOtherSessionIsToldSo(RequestPath path) throws Exception {
        String first = access(fastPath, "app");

        access(filterChain, "App");

        HttpResponse<String> refused = node(path).call("GET", "/system/auth/me", first, null);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(code(refused)).isEqualTo(REPLACED);
        assertThat(code(call(node(path), first))).isEqualTo(REPLACED);
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log l JOIN account a ON l.user_id = a.id AND l.actor = a.id"
                                + " WHERE a.username = ? AND l.type = 'REPLACED'",
                        user))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s/ws-quiet", "/s/events"})
    void loginWhenTheOtherSessionHasAStreamThenItFallsOnEachNode(String path) throws Exception {
        String token = access(fastPath, "app");
        try (StreamClient own = StreamClient.open(fastPath, path + "?n=" + UUID.randomUUID(), token);
                StreamClient elsewhere = StreamClient.open(filterChain, path + "?n=" + UUID.randomUUID(), token)) {
            access(fastPath, "app");

            own.awaitEnd();
            elsewhere.awaitEnd();
            if (path.equals("/s/ws-quiet")) {
                assertThat(own.closeFrame()).isEqualTo("1008 " + REPLACED);
                assertThat(elsewhere.closeFrame()).isEqualTo("1008 " + REPLACED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void loginWhenFullThenTheOldestBrowserIsToldSoAndItsCookiesAreCleared(RequestPath path) throws Exception {
        Browser oldest = Browser.loggedIn(fastPath, user, PASSWORD);
        Browser asleep = oldest.without(Browser.ACCESS);
        Browser newer = Browser.loggedIn(filterChain, user, PASSWORD);

        Browser newest = Browser.loggedIn(fastPath, user, PASSWORD);

        for (Browser browser : List.of(oldest, asleep)) {
            HttpResponse<String> refused = browser.get(node(path), "/system/auth/me");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(code(refused)).isEqualTo(REPLACED);
            assertCleared(refused);
        }
        assertThat(newer.get(node(path), "/system/auth/me").statusCode()).isEqualTo(200);
        assertThat(newest.get(node(path), "/system/auth/me").statusCode()).isEqualTo(200);
    }

    /** Its session ends with the login in any case, so neither another session nor the login has to give way. */
    @Test
    void loginWhenFullInABrowserWithASessionThenThatOneGivesWayAndKeepsItsCookies() throws Exception {
        Browser other = Browser.loggedIn(fastPath, user, PASSWORD);
        Browser browser = Browser.loggedIn(fastPath, user, PASSWORD);
        Browser late = browser.with("a", "1");

        assertThat(browser.login(fastPath, user, PASSWORD).statusCode()).isEqualTo(200);

        assertThat(other.get(fastPath, "/system/auth/me").statusCode()).isEqualTo(200);
        assertThat(browser.get(fastPath, "/system/auth/me").statusCode()).isEqualTo(200);
        HttpResponse<String> refused = late.get(fastPath, "/system/auth/me");
        assertThat(code(refused)).isEqualTo(REPLACED);
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void loginWhenFullAndRejectedThenAConflictUntilTheLogout() throws Exception {
        Browser browser = Browser.loggedIn(rejecting, user, PASSWORD);

        HttpResponse<String> refused = login(rejecting, "web");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(code(refused)).isEqualTo(TOO_MANY_SESSIONS);
        assertThat(refused.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(browser.login(rejecting, user, PASSWORD).statusCode()).isEqualTo(200);
        browser.call(rejecting, "POST", "/system/auth/logout", null);
        assertThat(login(rejecting, "web").statusCode()).isEqualTo(200);
    }

    /** The console has cookies of its own. Their session ends with the console's next login in any case. */
    @Test
    void loginWhenFullInAConsoleWithASessionThenThatOneGivesWay() throws Exception {
        String administrator = user + "-admin";
        rejecting.createAccount(administrator, PASSWORD, "admin");
        String cookies = consoleLogin(administrator, "a=b").headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.replaceFirst(";.*", ""))
                .collect(Collectors.joining("; "));

        assertThat(code(consoleLogin(administrator, "a=b"))).isEqualTo(TOO_MANY_SESSIONS);
        assertThat(code(consoleLogin(administrator, cookies))).isZero();
    }

    private static HttpResponse<String> consoleLogin(String administrator, String cookies) throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(administrator, PASSWORD);
        return GatewayNode.send(HttpRequest.newBuilder(rejecting.uri("/console/api/console/login"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .headers("Content-Type", "application/json", "Cookie", cookies));
    }

    @Test
    void loginWhenFullAndThePasswordIsWrongThenNothingTellsThatItIsFull() throws Exception {
        access(rejecting, "web");

        HttpResponse<String> refused = rejecting.call(
                "POST",
                "/system/auth/login",
                null,
                "{\"username\":\"%s\",\"password\":\"wrong password\"}".formatted(user));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(code(refused)).isEqualTo(1002000000);
    }
}
