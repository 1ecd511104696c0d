package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertCleared;
import static io.portcullis.gateway.CookieAssertions.assertRefreshed;
import static io.portcullis.gateway.CookieAssertions.code;
import static io.portcullis.gateway.CookieAssertions.setCookies;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cookies that a login, a refresh and a logout of a browser set and clear. */
@Tag("database-independent")
class CookieLoginIT {
    private static final CookieNodes nodes = CookieNodes.shared();

    @ParameterizedTest
    @EnumSource
    void loginWhenInABrowserThenTokensAreInCookiesAlone(RequestPath path) throws Exception {
        var response = new Browser().login(nodes.node(path), nodes.user(), CookieNodes.PASSWORD);

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
    void loginWhenInNoBrowserThenTokensAreInTheBodyToo(RequestPath path) throws Exception {
        var response = nodes.node(path)
                .call(
                        "POST",
                        "/system/auth/login",
                        null,
                        "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(nodes.user(), CookieNodes.PASSWORD));

        assertThat(setCookies(response)).hasSize(2);
        assertThat(response.body()).contains("pca_", "pcr_");
    }

    @ParameterizedTest
    @EnumSource
    void loginWhenTheBrowserHoldsAnOlderSessionThenThatEndsAsReplaced(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
        Browser older = browser.with("a", "1");

        assertThat(browser.login(node, nodes.user(), CookieNodes.PASSWORD).statusCode())
                .isEqualTo(200);

        assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
        assertThat(code(older.get(node, "/api/echo/a"))).isEqualTo(1002000022);
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log l JOIN account a ON l.user_id = a.id WHERE a.username = ? AND l.type = 'REPLACED'",
                        nodes.user()))
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void logoutAllWhenByCookieThenClearedAndAllOver(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser first = nodes.loggedIn(path);
        Browser second = nodes.loggedIn(path);
        Browser asleep = second.without(Browser.ACCESS);

        assertCleared(asleep.call(node, "POST", "/system/auth/logout-all", null));

        assertThat(first.get(node, "/api/echo/a").statusCode()).isEqualTo(401);
        assertThat(second.get(node, "/api/echo/a").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void refreshWhenByCookieThenTheNextPairIsInCookies(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
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

    /** A form of a foreign site is such a request: the browser sends no cookies with it, although it has some. */
    @ParameterizedTest
    @EnumSource
    void logoutWhenTheRequestHasNoCookiesThenNoneIsCleared(RequestPath path) throws Exception {
        var response = logout(path, "Sec-Fetch-Site", "cross-site");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(setCookies(response)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void logoutWhenTheRequestHasAnUnusableCookieThenBothAreCleared(RequestPath path) throws Exception {
        var response = logout(path, "Cookie", "a=1; __Host-portcullis_refresh=x");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(setCookies(response)).allMatch(cookie -> cookie.startsWith("__Host-portcullis_"));
        assertCleared(response);
    }

    private static HttpResponse<String> logout(RequestPath path, String header, String value) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(nodes.node(path).uri("/system/auth/logout"))
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }
}
