package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens in cookies alone, and without a grace window: a token that was replaced no longer passes. */
@Tag("database-independent")
class CookieOnlyIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final GatewayNode fastPath = start(true);
    private static final GatewayNode filterChain = start(false);

    private static GatewayNode start(boolean fast) {
        return GatewayNode.start(
                "--portcullis.http.cookies=only",
                "--portcullis.http.same-site=strict",
                "--portcullis.refresh.grace=0s",
                "--portcullis.fast-path.enabled=" + fast);
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

    private static List<GatewayNode> nodes() {
        return List.of(fastPath, filterChain);
    }

    @Test
    void loginWhenInNoBrowserThenTokensAreInStrictCookiesAlone() throws Exception {
        var response = fastPath.call(
                "POST",
                "/system/auth/login",
                null,
                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD));

        assertThat(response.headers().allValues("Set-Cookie"))
                .hasSize(2)
                .allMatch(cookie -> cookie.contains("SameSite=Strict"));
        assertThat(response.body())
                .contains("userId", "sessionId", "expiresTime")
                .doesNotContain("oken", "pca_", "pcr_");
    }

    @Test
    void ticketWhenTokensAreInCookiesThenForTheOwnOriginAloneAndItPrecedesTheCookies() throws Exception {
        for (GatewayNode node : nodes()) {
            Browser browser = Browser.loggedIn(node, user, PASSWORD);
            var foreign = GatewayNode.send(browser.request(node, "POST", "/system/auth/ticket", null)
                    .header("Origin", "https://foreign.example"));
            String ticket = ticket(browser, node);
            String other = ticket(browser, node);

            assertThat(foreign.statusCode()).isEqualTo(403);
            assertThat(foreign.body()).contains("1002000030").doesNotContain("pct_");
            assertThat(node.get("/api/echo/a?ticket=" + ticket).statusCode()).isEqualTo(200);
            assertThat(browser.get(node, "/api/echo/a?ticket=" + other).statusCode())
                    .isEqualTo(200);
            var used = browser.get(node, "/api/echo/a?ticket=" + other);
            assertThat(used.statusCode()).isEqualTo(401);
            assertThat(used.body()).contains("1002000012");
            assertThat(used.headers().allValues("Set-Cookie"))
                    .as("the session goes on")
                    .isEmpty();
            assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        }
    }

    private static String ticket(Browser browser, GatewayNode node) throws Exception {
        return GatewayNode.data(browser.call(node, "POST", "/system/auth/ticket", null))
                .get("ticket")
                .asString();
    }

    @Test
    void requestWhenTokenIsElsewhereThenItIsNotRead() throws Exception {
        for (GatewayNode node : nodes()) {
            Browser browser = Browser.loggedIn(node, user, PASSWORD);
            String access = browser.value(Browser.ACCESS);
            assertThat(node.call("GET", "/api/echo/a", access, null).statusCode())
                    .isEqualTo(401);
            assertThat(node.get("/api/echo/a?token=" + access).statusCode()).isEqualTo(401);
            assertThat(node.refresh(browser.value(Browser.REFRESH)).statusCode())
                    .isEqualTo(401);
            assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void requestWhenAHeaderIsBesideTheCookieThenTheServiceGetsItUnlessItIsAToken() throws Exception {
        for (GatewayNode node : nodes()) {
            Browser browser = Browser.loggedIn(node, user, PASSWORD);
            String cookies = browser.header();
            var own = node.get(
                    "/api/echo/a", "Cookie", cookies, "Authorization", "Bearer " + browser.value(Browser.ACCESS));
            var other = node.get("/api/echo/a", "Cookie", cookies, "Authorization", "Bearer of-the-service");

            assertThat(own.body()).contains(user).doesNotContain("pca_");
            assertThat(other.body()).contains(user, "Bearer of-the-service");
        }
    }

    @Test
    void requestWhenAccessTokenWasReplacedThenRefreshed() throws Exception {
        for (GatewayNode node : nodes()) {
            Browser browser = Browser.loggedIn(node, user, PASSWORD);
            String replaced = browser.value(Browser.ACCESS);
            assertThat(browser.call(node, "POST", "/system/auth/refresh-token", null)
                            .statusCode())
                    .isEqualTo(200);

            var response = browser.with(Browser.ACCESS, replaced).get(node, "/api/echo/a");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().allValues("Set-Cookie")).hasSize(2);
        }
    }

    @Test
    void requestWhenRefreshTokenWasSpentThenTheSessionIsOverAsReused() throws Exception {
        for (GatewayNode node : nodes()) {
            Browser browser = Browser.loggedIn(node, user, PASSWORD);
            Browser thief = browser.without(Browser.ACCESS);
            assertThat(browser.call(node, "POST", "/system/auth/refresh-token", null)
                            .statusCode())
                    .isEqualTo(200);

            var response = thief.get(node, "/api/echo/a");

            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.body()).contains("1002000023");
            assertThat(thief.isEmpty()).isTrue();
            assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer x", "X-Nothing: x"})
    void logoutWhenByCookieThenItMustComeFromHere(String header) throws Exception {
        Browser browser = Browser.loggedIn(fastPath, user, PASSWORD);
        HttpRequest.Builder logout = browser.request(fastPath, "POST", "/system/auth/logout", null)
                .header(header.replaceFirst(":.*", ""), header.replaceFirst(".*: ", ""));

        assertThat(GatewayNode.send(logout.copy()).statusCode()).isEqualTo(403);
        assertThat(browser.get(fastPath, "/api/echo/a").statusCode()).isEqualTo(200);
        assertThat(GatewayNode.send(logout.header("X-Requested-With", "x")).statusCode())
                .isEqualTo(200);
        assertThat(browser.get(fastPath, "/api/echo/a").statusCode()).isEqualTo(401);
    }
}
