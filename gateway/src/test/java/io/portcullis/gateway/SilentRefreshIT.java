package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertRefreshed;
import static io.portcullis.gateway.CookieAssertions.setCookies;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.fastpath.FastPath;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests with cookies, and when they refresh the session. */
class SilentRefreshIT {
    private static final CookieNodes nodes = CookieNodes.shared();

    @ParameterizedTest
    @EnumSource
    void requestWhenAccessCookieValidThenProxiedWithoutTheCookiesAndNotRefreshed(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path).with("a", "1").with("z", "2");
        long before = node.bean(FastPath.class).count();

        for (String method : List.of("GET", "POST", "DELETE")) {
            var response = browser.call(node, method, "/api/echo/a", null);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(setCookies(response)).isEmpty();
            assertThat(response.body())
                    .contains("X-Session-Id", nodes.user(), "a=1; z=2")
                    .doesNotContain("portcullis_", "pca_");
        }
        var open = browser.get(node, "/public/echo/a");
        assertThat(open.body()).contains("a=1; z=2").doesNotContain("portcullis_", "pca_", "X-Session-Id");
        assertThat(node.bean(FastPath.class).count() - before).isEqualTo(path == RequestPath.FAST_PATH ? 4 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAccessCookieMissingThenRefreshedBeforeItsBodyIsRead(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path).without(Browser.ACCESS);
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
    void requestWhenAccessCookieExpiredThenRefreshed(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
        Browser later = browser.with(Browser.ACCESS, CookieNodes.expired(node, browser));

        var response = later.get(node, "/api/echo/a");

        assertThat(response.statusCode()).isEqualTo(200);
        assertRefreshed(response);
        assertThat(setCookies(later.get(node, "/api/echo/a"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenRefreshedThenEachResponseBringsTheCookies(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
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
    void streamWhenRefreshedThenItsHeadBringsTheCookies(RequestPath path) throws Exception {
        Browser browser = nodes.loggedIn(path).without(Browser.ACCESS);
        var request =
                browser.request(nodes.node(path), "GET", "/api/ticks", null).build();

        var response = GatewayNode.HTTP.send(request, HttpResponse.BodyHandlers.ofLines());

        assertRefreshed(response);
        try (Stream<String> lines = response.body()) {
            assertThat(lines.limit(1)).containsExactly("id:1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void webSocketWhenRefreshedThenItsHandshakeBringsTheCookies(RequestPath path) throws Exception {
        Browser browser = nodes.loggedIn(path).without(Browser.ACCESS);

        String answer = CookieNodes.handshake(nodes.node(path), browser, "Origin: http://localhost");

        assertThat(answer).startsWith("HTTP/1.1 101").containsIgnoringCase("set-cookie: " + Browser.ACCESS + "=pca_");
        assertThat(answer).containsIgnoringCase("set-cookie: " + Browser.REFRESH + "=pcr_");
    }
}
