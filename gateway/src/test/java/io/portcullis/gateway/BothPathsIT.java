package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that service and client observe the same on the fast path and in the filter chain. */
@Tag("database-independent")
class BothPathsIT {
    private static final BothPaths nodes = BothPaths.shared();

    private static String preflight(String path, String origin) {
        return "OPTIONS %s\nOrigin: %s\nAccess-Control-Request-Method: GET\n".formatted(path, origin);
    }

    private static Stream<String> requests() {
        String token = "Authorization: Bearer TOKEN\n";
        Stream<String> heads = Stream.of(
                "GET /api/echo/a?x=1&y=%20b&z\n" + token,
                "GET /api/echo\n" + token,
                "GET /api/echo/\n" + token,
                "GET /api/echo/%C3%A9?x=%C3%A9\n" + token,
                "GET /api/echo/a?\n" + token,
                "GET /api/echo/a?x=1&&y=2\n" + token,
                "GET /api/echo/a?x=a+b&x=c\n" + token,
                "GET /api/echo/a?token=TOKEN&x=1\n",
                "GET /api/echo/a?token=TOKEN\n" + token,
                "GET /api/echo/a\n" + token + token,
                "GET /api/echo/a\nAuthorization: Basic YTpi\n",
                "GET /api/echo/a\nAuthorization: Bearer a b\n",
                "GET /api/echo/a\nAuthorization: Bearer\n",
                "GET /api/echo/a\nAuthorization: Bearer pca_x\nAccept-Language: zh-CN\n",
                "GET /api/echo/a\n",
                "GET /api/echo/a\nauthorization: bEARER   TOKEN  \n",
                "GET /api/echo/a\n" + token + "Accept: text/html\nUser-Agent: me\nAccept-Encoding: gzip\n",
                "GET /api/echo/a\n" + token
                        + "X-User-Id: evil\nx_user_name: evil\nX-Session-ID: evil\nX-Request-Id: 1\n",
                "GET /api/echo/a\n" + token
                        + "X-Forwarded-For: 1.2.3.4\nForwarded: for=1.2.3.4\nX-Forwarded-Host: a\nVia: b\n",
                "GET /api/echo/a\n" + token + "X-A: 1\nX-A: 2\n",
                "GET /api/echo/a\n" + token + "Cookie: a=b; c=d\n",
                "GET /api/echo/a\n" + token + "Cookie: a=b; portcullis_access=TOKEN; c=d\n",
                "GET /api/echo/a\n" + token
                        + "TE: trailers\nTrailer: X-T\nKeep-Alive: 5\nProxy-Authorization: Basic x\n",
                "GET /api/echo/a\n" + token + "Origin: https://elsewhere.example\n",
                "GET /api/echo/a\n" + token + "Range: bytes=0-1\nIf-None-Match: \"x\"\n",
                "GET /api/echo/a\n" + token + "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\n",
                "GET /api/echo/a\n" + token + "Upgrade: websocket\n",
                "GET /api/echo/shared/a\n" + token,
                "GET /api/echo/shared/a\n" + token + "Origin: https://friend.example\n",
                "GET /api/echo/shared/a\n" + token + "Origin: https://elsewhere.example\n",
                "GET /public/echo/shared/a\n",
                "GET /public/echo/shared/a\nOrigin: https://friend.example\n",
                "OPTIONS /public/echo/shared/a\nOrigin: https://friend.example\nAccess-Control-Request-Method: GET\n",
                "GET /public/echo/shared/a\nOrigin: https://elsewhere.example\n",
                "GET /public/echo/shared/a\nOrigin: https://localhost:1\n",
                "DELETE /public/echo/shared/a\nOrigin: https://friend.example\n",
                preflight("/public/echo/shared/a", "https://elsewhere.example"),
                "OPTIONS /api/echo/a\nOrigin: https://friend.example\nAccess-Control-Request-Method: GET\n",
                "GET /api/echo/shared/a\nOrigin: https://friend.example\n",
                "GET /api/echo/a?a&&b&=x&c=|[]\n" + token,
                "GET /api/echo/a?token=\n",
                "GET /api/echo/a?token=\n" + token,
                "GET /api/echo/a\nAuthorization: Bearer \n",
                "GET /optional/a\nAuthorization: Bearer \n",
                "GET /public/echo/a\nAuthorization: Bearer \n",
                "GET /api/echo/a\n" + token + "Referer: https://a.example/p?x=1&token=TOKEN&y=%20#z\n",
                "GET /api/echo/a\n" + token + "Referer: https://a.example/p?%74icket=a&a=pcr_b\n",
                "GET /api/echo/a\n" + token + "Referer: https://a.example/TOKEN\n",
                "GET /public/echo/a\nReferer: https://a.example/?token=TOKEN\n",
                "GET /token/a\n" + token + "Referer: https://a.example/?token=TOKEN\n",
                "GET /api/echo/a\n" + token + "Connection: X-Hop, x-user-id\nX-Hop: 1\n",
                "GET /api/echo/a\n" + token + "X-Real-IP: 1.2.3.4\nX_Forwarded_For: 1.2.3.4\nTrue-Client-IP: 1.2.3.4\n",
                "GET /nowhere\n" + token,
                "GET /api//echo/a\n" + token,
                "GET /api/echo/../a\n" + token,
                "GET /api/echo/a;b\n" + token,
                "GET http://localhost/api/echo/a\n" + token,
                "GET /public/echo/a?x=1\n",
                "GET /public/echo/a\n" + token,
                "GET /public/echo/a\nAuthorization: Bearer other\n",
                "GET /public/echo/a\nAuthorization: Basic YTpi\n",
                "GET /optional/a\n",
                "GET /optional/a\n" + token,
                "GET /optional/a\nAuthorization: Basic YTpi\n",
                "GET /optional/a\nAuthorization: Bearer pca_x\n",
                "GET /editors/a\n" + token,
                "GET /users/a/b/?x=1\n" + token,
                "GET /token/a\n" + token,
                "GET /filters/echo/a/b?x=1\n" + token + "X-Set: 1\nX-Removed: 1\nX-Added: 0\n",
                "GET /filters/echo/a/\n" + token,
                "GET /filters\n" + token,
                "GET /posts/a\n",
                "GET /queries/a?long=1\n" + token,
                "GET /queries/a\n" + token,
                "GET /broken/a\n" + token,
                "HEAD /api/echo/a\n" + token,
                "HEAD /api/echo/a\n",
                "HEAD /api/ticks\n" + token,
                "HEAD /api/status/204\n" + token,
                "HEAD /api/status/304\n" + token,
                "HEAD /api/status/503\n" + token,
                "OPTIONS /api/echo/a\n" + token,
                "TRACE /api/echo/a\n" + token,
                "DELETE /api/echo/a\n" + token,
                "POST /api/echo/a\n" + token + "Content-Length: 0\n",
                "PUT /api/echo/a\n" + token,
                "GET /system/auth/me\n" + token,
                "GET /system/unknown\n" + token,
                "GET /api/status/200\n" + token,
                "GET /api/status/204\n" + token,
                "GET /api/status/304\n" + token,
                "GET /api/status/404\n" + token,
                "GET /api/status/503\n" + token);
        Stream<String> odds = IntStream.range(0, MisbehavingService.responses().size())
                .boxed()
                .flatMap(i -> Stream.of("GET /odd/" + i + "\n", "HEAD /odd/" + i + "\n"));
        return Stream.concat(heads, odds);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestWhenEitherWayThenTheSame(String head) throws Exception {
        assertSame(head, "");
    }

    @ParameterizedTest
    @EnumSource
    void clearSiteDataWhenCookiesAreOffThenUnchanged(RequestPath path) throws Exception {
        RawResponse response = nodes.exchange(path, "GET /odd/" + BothPaths.answerWith("Clear-Site-Data") + "\n", "");

        assertThat(response.headers()).containsEntry("clear-site-data", List.of("\"cookies\"", "\"*\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/echo/a\nContent-Type: application/json\nContent-Length: 7\n",
                "PUT /posts/a\nContent-Length: 7\n",
                "POST /posts/a\nContent-Length: 7\n",
                "PATCH /api/echo/a\nContent-Length: 7\n",
                "DELETE /api/echo/a\nContent-Length: 7\n",
                "GET /api/echo/a\nContent-Length: 7\n",
                "POST /api/echo/a\nContent-Length: 7\nExpect: 100-continue\n",
                "POST /optional/a\nContent-Length: 7\n"
            })
    void requestWithABodyWhenEitherWayThenTheSame(String head) throws Exception {
        assertSame(head + "Authorization: Bearer TOKEN\n", "{\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
    void requestWithChunksWhenEitherWayThenTheSame(String method) throws Exception {
        assertSame(
                method + " /api/echo/a\nAuthorization: Bearer TOKEN\nTransfer-Encoding: chunked\n",
                "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /api/echo/a?x=1,   1",
        "GET /api/echo/%20,     0",
        "GET /system/auth/me,   0",
        "GET /filters/echo/a,   1"
    })
    void requestWhenPlainThenItTakesTheFastPathWhereThereIsOne(String line, long taken) throws Exception {
        String head = line + "\nAuthorization: Bearer TOKEN\n";
        long before = nodes.fastPathCount(FAST_PATH);

        nodes.exchange(FAST_PATH, head, "");
        nodes.exchange(FILTER_CHAIN, head, "");

        assertThat(nodes.fastPathCount(FAST_PATH) - before).isEqualTo(taken);
        assertThat(nodes.fastPathCount(FILTER_CHAIN)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void cookiesWhenAServiceSetsTheGatewaysThenDropped(RequestPath path) throws Exception {
        int number = MisbehavingService.responses().size() - 1;

        assertThat(nodes.exchange(path, "GET /odd/" + number + "\n", "").headers())
                .containsEntry("set-cookie", List.of("a=1"));
    }

    @ParameterizedTest
    @CsvSource({
        "FAST_PATH,     /public/echo/a",
        "FAST_PATH,     /optional/a",
        "FILTER_CHAIN,  /public/echo/a",
        "FILTER_CHAIN,  /optional/a"
    })
    void identityHeadersWhenTheCallerIsAnonymousThenRemoved(RequestPath path, String target) throws Exception {
        RawResponse response = nodes.exchange(path, "GET " + target + "\nX-User-Id: evil\nx_user_roles: evil\n", "");

        assertThat(response.status()).contains("200");
        assertThat(response.body()).doesNotContain("evil");
    }

    @ParameterizedTest
    @EnumSource
    void traceWhenTheGatewayDoesNotTraceThenPassedOn(RequestPath path) throws Exception {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String head = "GET /public/echo/a\ntraceparent: %s\ntracestate: a=1,b=2\nX-Request-Id: x y\n";

        assertThat(nodes.exchange(path, head.formatted(parent), "").body())
                .contains("traceparent=[\"" + parent + "\"]", "tracestate=[\"a=1,b=2\"]", "x-request-id=[\"x y\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                 Vary=[Origin]",
        "'Origin: https://friend.example\n', Access-Control-Allow-Origin=[https://friend.example]",
        "'Origin: https://localhost:1\n',    Vary=[Origin]"
    })
    void globalCorsWhenTheRequestIsAllowedThenTheFastPathTakesIt(String origin, String header) throws Exception {
        String head = "GET /public/echo/shared/a\n" + origin.replace("\\n", "\n");
        long before = nodes.fastPathCount(FAST_PATH);

        RawResponse response = nodes.exchange(FAST_PATH, head, "");

        assertThat(nodes.fastPathCount(FAST_PATH) - before).isEqualTo(1);
        assertThat(response.headers().toString()).containsIgnoringCase(header);
        assertThat(response).isEqualTo(nodes.exchange(FILTER_CHAIN, head, ""));
    }

    @ParameterizedTest
    @EnumSource
    void refererWhenItHoldsATokenThenTakenOut(RequestPath path) throws Exception {
        String head = "GET /api/echo/a\nAuthorization: Bearer TOKEN\nReferer: https://a.example/";
        String encoded = "%70ca_" + nodes.access().substring(4);

        assertThat(nodes.exchange(path, head + "p?x=1&token=TOKEN&ticket=t&y=2\n", "")
                        .body())
                .contains("https://a.example/p?x=1&y=2\"")
                .doesNotContain("pca_");
        assertThat(nodes.exchange(path, head + "TOKEN\n", "").body()).doesNotContain("pca_", "referer");
        assertThat(nodes.exchange(path, head + encoded + "\n", "").body()).doesNotContain("%70ca_", "referer");
    }

    private static void assertSame(String head, String body) throws Exception {
        assertThat(nodes.exchange(FAST_PATH, head, body)).isEqualTo(nodes.exchange(FILTER_CHAIN, head, body));
    }
}
