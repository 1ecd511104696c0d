package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.assertRefreshed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers of services' responses that concern the gateway's cookies, and caches, on both paths. */
@Tag("database-independent")
class ServiceResponseIT {
    private static final String REST =
            "\"cache\", \"clientHints\", \"executionContexts\", \"prefetchCache\", \"prerenderCache\", \"storage\"";

    private static final CookieNodes nodes = CookieNodes.shared();

    private static RawResponse get(RequestPath path, String target, String credential) throws Exception {
        long before = nodes.fastPathCount(path);
        RawResponse response = nodes.exchange(path, "GET " + target + "\nHost: localhost\n" + credential);
        assertThat(nodes.fastPathCount(path) - before).isEqualTo(path == RequestPath.FAST_PATH ? 1 : 0);
        return response;
    }

    private static List<String> values(RawResponse response, String name) {
        return response.headers().getOrDefault(name, List.of());
    }

    private static String cookie(Browser browser) {
        return "Cookie: " + browser.header() + "\n";
    }

    private static String bearer(Browser browser) {
        return "Authorization: Bearer " + browser.value(Browser.ACCESS) + "\n";
    }

    @ParameterizedTest
    @EnumSource
    void clearSiteDataWhenOfAServiceThenItNeverClearsCookies(RequestPath path) throws Exception {
        Browser browser = nodes.loggedIn(path);
        int some = nodes.scriptHeaders("""
                Clear-Site-Data: "cookies", "cache",\t"Cookies"\s
                X-A: 1
                CLEAR-site-data:"*"
                clear-site-data: "cookies",
                 "cookies"
                """);
        int none = nodes.scriptHeaders("Clear-Site-Data: \"cookies\"\n");
        int other = nodes.scriptHeaders("Clear-Site-Data: \"cache\", \"x,y\"\n");

        for (String credential : List.of(cookie(browser), bearer(browser))) {
            assertThat(values(get(path, "/scripted/" + some, credential), "clear-site-data"))
                    .containsExactly("\"cache\"", REST);
            assertThat(values(get(path, "/scripted/" + none, credential), "clear-site-data"))
                    .isEmpty();
        }
        assertThat(values(get(path, "/open/" + some, ""), "clear-site-data")).containsExactly("\"cache\"", REST);
        assertThat(values(get(path, "/open/" + other, ""), "clear-site-data")).containsExactly("\"cache\", \"x,y\"");
    }

    private static Stream<Arguments> setCookies() {
        return Stream.of(
                        "__Host-portcullis_access=x",
                        "__HOST-PORTCULLIS_ACCESS=x; Path=/; Secure",
                        " \t __Host-portcullis_refresh=x",
                        "__Host-portcullis_refresh\t =x",
                        "__Host-portcullis_access ; Max-Age=0",
                        "__Host-portcullis_access",
                        "=__Host-portcullis_access=x",
                        " = \t=__Host-portcullis_access=x",
                        "=__Host-portcullis_access",
                        "portcullis_access=x",
                        "\u00a0__Host-portcullis_access\u00ff=x",
                        "\"__Host-portcullis_access\"=x",
                        "=\n __Host-portcullis_access=x",
                        "=\n\t__Host-portcullis_refresh=x; Path=/")
                .flatMap(value -> Stream.of(RequestPath.values()).map(path -> Arguments.of(path, value)));
    }

    @ParameterizedTest
    @MethodSource("setCookies")
    void setCookieWhenOfAServiceThenItNeverSetsTheCookiesOfTheGateway(RequestPath path, String value) throws Exception {
        int script = nodes.scriptHeaders("Set-Cookie: a=1\nset-COOKIE:" + value + "\nSet-Cookie : b=2\n");

        assertThat(values(get(path, "/open/" + script, ""), "set-cookie")).containsExactly("a=1", "b=2");
    }

    @ParameterizedTest
    @EnumSource
    void headerWhenItsValueBeginsOnTheNextLineThenTheResponseIsRefused(RequestPath path) throws Exception {
        for (String header :
                List.of("Set-Cookie:\n __Host-portcullis_access=x\n", "Clear-Site-Data: \n\t\"cookies\"\n")) {
            RawResponse response = get(path, "/open/" + nodes.scriptHeaders(header), "");

            assertThat(response.status()).contains("502");
            assertThat(response.headers()).doesNotContainKeys("set-cookie", "clear-site-data");
        }
    }

    /** A browser takes none of these for a cookie of the gateway. */
    @ParameterizedTest
    @EnumSource
    void setCookieWhenOfAnotherNameThenItReachesTheClient(RequestPath path) throws Exception {
        List<String> others = List.of(
                "__Host-portcullis_access2=x",
                "a=__Host-portcullis_access=x",
                "x__Host-portcullis_access=x",
                "__Host-portcullis access=x",
                "a=1, __Host-portcullis_access=x");
        int script = nodes.scriptHeaders("Set-Cookie: " + String.join("\nSet-Cookie: ", others) + "\n");

        assertThat(values(get(path, "/open/" + script, ""), "set-cookie")).containsExactlyElementsOf(others);
    }

    @ParameterizedTest
    @EnumSource
    void setCookieWhenInAnInterimResponseOrATrailerThenDropped(RequestPath path) throws Exception {
        String cookie = "Set-Cookie: __Host-portcullis_access=x\r\nClear-Site-Data: \"cookies\"\r\n";
        int interim = nodes.script(
                "HTTP/1.1 103 Early Hints\r\n" + cookie + "\r\nHTTP/1.1 200 OK\r\n" + "Content-Length: 1\r\n\r\na");
        int trailer = nodes.script("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n\r\n"
                + "1\r\na\r\n0\r\n" + cookie + "\r\n");

        for (int script : List.of(interim, trailer)) {
            String response = RawHttp.exchange(
                    nodes.node(path),
                    "GET /open/" + script
                            + " HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: close\r\n\r\n");
            assertThat(response)
                    .contains("HTTP/1.1 200 OK\r\n")
                    .doesNotContainIgnoringCase("\r\nset-cookie")
                    .doesNotContainIgnoringCase("clear-site-data");
        }
    }

    private static Stream<Arguments> cacheHeaders() {
        Map<String, String> expected = Map.of(
                "", "private",
                "Expires: Thu, 01 Jan 2037 00:00:00 GMT", "private",
                "Cache-Control: max-age=60", "max-age=60, private",
                "Cache-Control: public, max-age=60", "public, max-age=60",
                "Cache-Control: s-maxage=60", "s-maxage=60",
                "Cache-Control: No-Store", "No-Store");
        return expected.entrySet().stream()
                .flatMap(each -> Stream.of(RequestPath.values())
                        .map(path -> Arguments.of(path, each.getKey(), each.getValue())));
    }

    @ParameterizedTest
    @MethodSource("cacheHeaders")
    void responseWhenTheCredentialIsACookieThenSharedCachesTreatItAsWithAuthorization(
            RequestPath path, String header, String expected) throws Exception {
        int script = nodes.scriptHeaders(header.isEmpty() ? "" : header + "\n");
        Browser browser = nodes.loggedIn(path);

        List<String> byCookie = values(get(path, "/scripted/" + script, cookie(browser)), "cache-control");
        List<String> byHeader = values(get(path, "/scripted/" + script, bearer(browser)), "cache-control");
        List<String> open = values(get(path, "/open/" + script, cookie(browser)), "cache-control");

        assertThat(byCookie).containsExactly(expected);
        assertThat(byHeader)
                .isEqualTo(header.startsWith("Cache-Control") ? List.of(header.replaceFirst(".*?: ", "")) : List.of());
        assertThat(open).isEqualTo(byHeader);
    }

    @ParameterizedTest
    @EnumSource
    void responseWhenAFilterSetsCacheControlThenTheFilterDecides(RequestPath path) throws Exception {
        int script = nodes.scriptHeaders("");
        Browser browser = nodes.loggedIn(path);

        assertThat(values(get(path, "/cached/" + script, cookie(browser)), "cache-control"))
                .containsExactly("public");
    }

    /** Caches that obey one of these headers instead of {@code Cache-Control} must not store the tokens. */
    @ParameterizedTest
    @EnumSource
    void responseWhenRefreshedThenNoCacheStoresIt(RequestPath path) throws Exception {
        int script = nodes.scriptHeaders("""
                Cache-Control: public, max-age=60
                Expires: Thu, 01 Jan 2037 00:00:00 GMT
                CDN-Cache-Control: max-age=60
                Cloudflare-CDN-Cache-Control: max-age=60
                X-Accel-Expires: 60
                Surrogate-Control: max-age=60
                Edge-Control: max-age=60
                X-A: 1
                Cache-Control: max-age=9
                """);
        Browser browser = nodes.loggedIn(path).without(Browser.ACCESS);

        var response = browser.get(nodes.node(path), "/scripted/" + script);

        assertRefreshed(response);
        Map<String, List<String>> headers = response.headers().map();
        assertThat(headers).containsKey("x-a");
        assertThat(headers.keySet())
                .filteredOn(name -> name.contains("cache") || name.contains("expires") || name.contains("control"))
                .containsExactly("cache-control");
    }
}
