package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.code;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests with cookies that are refused or cleaned, on both paths. */
@Tag("database-independent")
class CookieRequestIT {
    private static final CookieNodes nodes = CookieNodes.shared();

    private static Stream<Arguments> heads() {
        return Stream.of(
                        // The requests that are refused: the path and the headers, without the credential.
                        Arguments.of("/api/echo/a\n", "400"),
                        Arguments.of("/api/echo/a\nHost: a\nHost: a\n", "400"),
                        Arguments.of("/api/echo/a\nHost: a b\n", "400"),
                        Arguments.of("/api/echo/a\nHost: user@a\n", "400"),
                        Arguments.of("/api/echo/a\nHost: a\nContent-Length: +0\n", "400"),
                        Arguments.of("/api/echo/../a\nHost: a\n", "400"),
                        // The requests that are cleaned. Nothing that contains BAD may reach the service.
                        Arguments.of("http://other.example/api/echo/a\nHost: BAD\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nConnection: X-User-Id, X-Hop\nX-Hop: BAD\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nConnection: Cookie, Authorization\n", "200"),
                        Arguments.of(
                                "/api/echo/a\nHost: a\nX-User-Id: BAD\nx_session.id: BAD\nX-User-Roles: BAD\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nUpgrade: BAD\nHTTP2-Settings: BAD\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nReferer: https://a.example/p?token=BAD&y=1\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nReferer: https://a.example/p?%74icket=BAD\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nReferer: https://a.example/pcr_BAD\n", "200"),
                        Arguments.of("/api/echo/a\nHost: a\nReferer: https://a.example/?x=pca%5FBAD\n", "200"))
                .flatMap(each ->
                        Stream.of(RequestPath.values()).map(path -> Arguments.of(path, each.get()[0], each.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void requestWhenByCookieThenRefusedAndCleanedAsWithAToken(RequestPath path, String head, String status)
            throws Exception {
        Browser browser = nodes.loggedIn(path);
        String header = "Authorization: Bearer " + browser.value(Browser.ACCESS) + "\n";

        RawResponse byCookie = nodes.exchange(path, "GET " + head + "Cookie: " + browser.header() + "\n");
        RawResponse byHeader = nodes.exchange(path, "GET " + head + header);

        assertThat(byCookie.status()).contains(status);
        assertThat(byCookie.body()).isEqualTo(byHeader.body()).doesNotContain("BAD", "portcullis_");
        assertThat(byCookie.body().contains(nodes.user())).isEqualTo(status.equals("200"));
        assertThat(byHeader.status()).isEqualTo(byCookie.status());
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenACookieIsOfTheOtherKindOrFormThenAskedToLogIn(RequestPath path) throws Exception {
        Browser browser = nodes.loggedIn(path);
        String access = browser.value(Browser.ACCESS);
        String refresh = browser.value(Browser.REFRESH);
        for (String cookies : List.of(
                Browser.ACCESS + "=" + refresh,
                Browser.ACCESS + "=pca_" + refresh.substring(4),
                Browser.REFRESH + "=" + access,
                Browser.REFRESH + "=pcr_" + access.substring(4),
                Browser.ACCESS + "=" + refresh + "; " + Browser.REFRESH + "=" + access,
                Browser.ACCESS + "=\"" + access + "\"",
                Browser.REFRESH + "=\"" + refresh + "\"",
                "__host-portcullis_access=" + access,
                "__HOST-PORTCULLIS_REFRESH=" + refresh,
                "portcullis_access=" + access,
                "x" + Browser.ACCESS + "=" + access,
                Browser.ACCESS + " =" + access,
                Browser.ACCESS + "\t=" + access,
                "a=\"; b=\"" + Browser.ACCESS + "=" + access,
                "\u00a0" + Browser.ACCESS + "=" + access)) {
            var response = nodes.exchange(path, "GET /api/echo/a\nHost: a\nCookie: " + cookies + "\n");
            assertThat(response.status()).as(cookies).contains("401");
            assertThat(response.body()).as(cookies).containsAnyOf("\"code\":401,", "\"code\":1002000010,");
        }
        assertThat(browser.get(nodes.node(path), "/api/echo/a").statusCode()).isEqualTo(200);
    }

    private static String cookies(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "c" + i + "=v" + i).collect(Collectors.joining("; "));
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenThereAreAHundredCookiesThenTheServiceGetsAllOthers(RequestPath path) throws Exception {
        Browser browser = nodes.loggedIn(path);
        String real = Browser.ACCESS + "=" + browser.value(Browser.ACCESS);

        for (String head : List.of(
                "Cookie: " + cookies(0, 99) + "; " + real + "\n",
                "Cookie: " + cookies(0, 50) + "\nCookie: " + real + "\nCookie: " + cookies(50, 99) + "\n")) {
            RawResponse response = nodes.exchange(path, "GET /api/echo/a\nHost: a\n" + head);
            assertThat(response.status()).contains("200");
            assertThat(response.body())
                    .contains(nodes.user(), "c0=v0; c1=v1", "c97=v97; c98=v98")
                    .doesNotContain("portcullis_", "pca_");
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAHundredCookiesHaveTheNameThenTheRealOneDecides(RequestPath path) throws Exception {
        Browser browser = nodes.loggedIn(path);
        String planted = (Browser.ACCESS + "=x; ").repeat(99);

        RawResponse response =
                nodes.exchange(path, "GET /api/echo/a\nHost: a\nCookie: " + planted + browser.header() + "\n");

        assertThat(response.status()).contains("200");
        assertThat(response.body()).contains(nodes.user()).doesNotContain("portcullis_", "pca_");
    }

    @ParameterizedTest
    @CsvSource({"FAST_PATH, a=1;%s=x", "FAST_PATH, %s", "FILTER_CHAIN, a=1;%s=x", "FILTER_CHAIN, %s"})
    void cookieWhenItHasANameOfTheGatewayThenTheServiceDoesNotGetIt(RequestPath path, String form) throws Exception {
        for (String name : List.of(
                Browser.ACCESS,
                "__host-PORTCULLIS_refresh",
                "portcullis_access",
                " \t" + Browser.REFRESH + "\t ",
                "=" + Browser.ACCESS,
                "= \t=" + Browser.ACCESS,
                "\u00a0" + Browser.ACCESS + "\u00ff",
                "\"" + Browser.ACCESS + "\"")) {
            RawResponse response =
                    nodes.exchange(path, "GET /public/echo/a\nHost: a\nCookie: " + form.formatted(name) + "; z=2\n");
            assertThat(response.status()).contains("200");
            assertThat(response.body()).contains("z=2").doesNotContainIgnoringCase("portcullis_");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Origin: https://friend.example:443, 101",
        "Origin: HTTP://LOCALHOST:80, 101",
        "Origin: http://localhost|Sec-Fetch-Site: cross-site, 101",
        "X-Forwarded-Proto: wss|X-Forwarded-Host: app.example|Origin: https://app.example, 101",
        "X-Forwarded-Proto: wss|X-Forwarded-Host: app.example|Origin: http://localhost, 403",
        "Sec-Fetch-Site: same-origin, 403",
        "Origin: https://evil.example|Sec-Fetch-Site: same-origin, 403",
        "Origin: https://evil.example|X-Requested-With: x, 403",
        "Origin: http://localhost., 403",
        "Origin: http://localhost/, 403",
        "Origin: http://user@localhost, 403",
        "Origin: http://localhost|Origin: http://localhost, 403",
        "Origin: http://localhost|Origin: https://evil.example, 403"
    })
    void webSocketWhenByCookieThenItsOriginDecides(String headers, int status) throws Exception {
        for (RequestPath path : RequestPath.values()) {
            Browser browser = nodes.loggedIn(path);

            String answer = CookieNodes.handshake(nodes.node(path), browser, headers.replace("|", "\r\n"));

            assertThat(answer).as("%s", path).startsWith("HTTP/1.1 " + status);
        }
    }

    /** The newer login has set newer cookies in the same browser. A late refusal that cleared cookies would clear those. */
    @ParameterizedTest
    @EnumSource
    void refusalWhenANewerLoginReplacedTheSessionThenItClearsNothing(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        Browser browser = nodes.loggedIn(path);
        Browser late = browser.with("a", "1");
        browser.login(node, nodes.user(), CookieNodes.PASSWORD);

        for (Browser tab : List.of(late, late.without(Browser.ACCESS), late.without(Browser.REFRESH))) {
            var response = tab.get(node, "/api/echo/a");
            assertThat(code(response)).isEqualTo(1002000022);
            assertThat(response.headers().allValues("Set-Cookie")).isEmpty();
        }
        var refresh = late.call(node, "POST", "/system/auth/refresh-token", null);
        assertThat(code(refresh)).isEqualTo(1002000022);
        assertThat(refresh.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(browser.get(node, "/api/echo/a").statusCode()).isEqualTo(200);
    }
}
