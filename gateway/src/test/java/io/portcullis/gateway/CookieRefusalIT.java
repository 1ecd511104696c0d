package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertCleared;
import static io.portcullis.gateway.CookieAssertions.code;
import static io.portcullis.gateway.CookieAssertions.setCookies;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cookies that are refused, and cookies beside other credentials. */
@Tag("database-independent")
class CookieRefusalIT {
    private static final CookieNodes nodes = CookieNodes.shared();

    @ParameterizedTest
    @EnumSource
    void requestWhenSessionLoggedOutThenRefusedWithTheReasonAndCleared(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
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
    void requestWhenNoCookieIsUsableThenAskedToLogInAndCleared(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
        String foreign = browser.value(Browser.ACCESS).replaceFirst("pca_...", "pca_AAA");

        for (String value : List.of(foreign, CookieNodes.expired(node, browser))) {
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
    void requestWhenAForeignCookieIsBesideTheRealOneThenTheRealOneDecides(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
        String real = Browser.ACCESS + "=" + browser.value(Browser.ACCESS);
        Browser over = nodes.loggedIn(path);
        Browser planted = over.with("a", "1");
        over.call(node, "POST", "/system/auth/logout", null);
        String refreshToken = "pca_" + browser.value(Browser.REFRESH).substring(4);
        for (String value : List.of(
                planted.value(Browser.ACCESS), refreshToken, browser.value(Browser.REFRESH), "x".repeat(4_000), "")) {
            String other = Browser.ACCESS + "=" + value;
            for (String header : List.of(other + "; " + real, real + "; " + other, real + ";" + other + ";b=2")) {
                var response = node.get("/api/echo/a", "Cookie", header);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).contains(nodes.user()).doesNotContain("portcullis_");
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
    void requestWhenAHeaderIsBesideTheCookieThenTheHeaderDecides(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path).without(Browser.ACCESS);
        String admin = "Bearer "
                + node.login("admin", "admin-demo-pass").get("accessToken").asString();

        var response = node.get("/api/echo/a", "Cookie", browser.header(), "Authorization", admin);
        var bad = node.get("/api/echo/a", "Cookie", browser.header(), "Authorization", "Bearer pca_x");

        for (String other : List.of("Basic eDp4", "Bearer ")) {
            Browser awake = nodes.loggedIn(path);
            var both = node.get("/api/echo/a", "Cookie", awake.header(), "Authorization", other);
            assertThat(both.body()).contains(nodes.user()).doesNotContain("pca_", "Bearer");
            assertThat(both.body().contains(other)).isEqualTo(other.startsWith("Basic"));
        }
        assertThat(response.body()).contains("\"admin\"").doesNotContain(nodes.user(), "pca_", "pcr_");
        assertThat(bad.statusCode()).isEqualTo(401);
        assertThat(setCookies(response)).isEmpty();
        assertThat(setCookies(bad)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusalWhenAnotherOriginIsAllowedThenItsPageCanReadIt(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
        browser.with("a", "1").call(node, "POST", "/system/auth/logout", null);

        for (Browser each : List.of(browser, new Browser())) {
            var response = GatewayNode.send(
                    each.request(node, "GET", "/api/status/200", null).header("Origin", CookieNodes.FRIEND));
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly(CookieNodes.FRIEND);
            assertThat(response.headers().allValues("Access-Control-Allow-Credentials"))
                    .containsExactly("true");
        }
        var preflight = GatewayNode.send(HttpRequest.newBuilder(node.uri("/api/status/200"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", CookieNodes.FRIEND)
                .header("Access-Control-Request-Method", "POST"));
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .contains("true");
    }
}
