package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decision endpoint, as another proxy asks it. */
@Tag("database-independent")
class DecisionIT {
    private static final String CHECK = "/system/auth/check";
    private static final String PASSWORD = "some-demo-pass";
    private static final String USER = "user-" + UUID.randomUUID();

    /** The sources of tokens that a node reads. */
    enum Mode {
        COOKIES_OFF,
        COOKIES_ON,
        /** The node answers other requests in the status style {@code envelope}. */
        COOKIES_ONLY
    }

    private static final Map<Mode, GatewayNode> nodes = new EnumMap<>(Mode.class);
    private static List<Credential> credentials = List.of();
    /** An access token of a live session. */
    private static String token = "";
    /** The cookies of a live session. */
    private static String cookies = "";

    @BeforeAll
    static void start() throws Exception {
        nodes.put(Mode.COOKIES_OFF, GatewayNode.shared());
        nodes.put(Mode.COOKIES_ON, CookieNodes.shared().node(RequestPath.FAST_PATH));
        nodes.put(
                Mode.COOKIES_ONLY,
                GatewayNode.start("--portcullis.http.cookies=only", "--portcullis.http.status-style=envelope"));
        node(Mode.COOKIES_OFF).createAccount(USER, PASSWORD, "user", "auditor");
        token = node(Mode.COOKIES_OFF).login(USER, PASSWORD).get("accessToken").asString();
        cookies = Browser.loggedIn(node(Mode.COOKIES_ON), USER, PASSWORD).header();
        credentials = Credentials.create();
    }

    @AfterAll
    static void close() {
        node(Mode.COOKIES_ONLY).close();
    }

    private static GatewayNode node(Mode mode) {
        return Objects.requireNonNull(nodes.get(mode));
    }

    /** What a credential is worth where it is read. */
    private enum Worth {
        NONE,
        VALID,
        INVALID,
        MALFORMED
    }

    /** @param head the header lines, each ended by a line feed, with the credential */
    private record Credential(String name, String head, String query, Worth header, Worth parameter, Worth cookie) {
        Worth in(Mode mode) {
            if (mode == Mode.COOKIES_OFF || (mode == Mode.COOKIES_ON && hasBearer())) {
                return bearer();
            }
            return cookie;
        }

        private boolean hasBearer() {
            return bearer() != Worth.NONE;
        }

        private Worth bearer() {
            if (header != Worth.NONE && parameter != Worth.NONE) {
                return Worth.MALFORMED;
            }
            return header == Worth.NONE ? parameter : header;
        }
    }

    /** The credentials of one session that is open, and of one that is over. */
    private static final class Credentials {
        static List<Credential> create() throws Exception {
            GatewayNode issuer = node(Mode.COOKIES_OFF);
            String access = token;
            var over = issuer.login(USER, PASSWORD);
            String ended = over.get("accessToken").asString();
            String refresh = over.get("refreshToken").asString();
            issuer.call("POST", "/system/auth/logout", ended, null);
            List<Credential> all = new ArrayList<>();
            all.add(header("none", "X-Nothing: x", Worth.NONE));
            all.add(header("empty", "Authorization: Bearer ", Worth.NONE));
            all.add(header("basic", "Authorization: Basic YTpi", Worth.NONE));
            all.add(header("valid", "Authorization: Bearer " + access, Worth.VALID));
            all.add(header("lower case", "authorization: bearer " + access, Worth.VALID));
            all.add(header("ended", "Authorization: Bearer " + ended, Worth.INVALID));
            all.add(header("foreign", "Authorization: Bearer abc", Worth.INVALID));
            all.add(header("forged", "Authorization: Bearer " + access + "A", Worth.INVALID));
            all.add(header("other kind", "Authorization: Bearer " + refresh, Worth.INVALID));
            all.add(header("malformed", "Authorization: Bearer a b", Worth.MALFORMED));
            all.add(header("two", "Authorization: Bearer a\nAuthorization: Bearer " + access, Worth.MALFORMED));
            all.add(new Credential("parameter", "", "token=" + access, Worth.NONE, Worth.VALID, Worth.NONE));
            all.add(new Credential("ended parameter", "", "token=" + ended, Worth.NONE, Worth.INVALID, Worth.NONE));
            all.add(new Credential(
                    "two places",
                    "Authorization: Bearer " + access + "\n",
                    "token=" + access,
                    Worth.VALID,
                    Worth.VALID,
                    Worth.NONE));
            all.add(cookie("cookie", Browser.ACCESS + "=" + access, Worth.NONE, Worth.VALID));
            all.add(cookie("ended cookie", Browser.ACCESS + "=" + ended, Worth.NONE, Worth.INVALID));
            all.add(cookie("ended refresh", Browser.REFRESH + "=" + refresh, Worth.NONE, Worth.INVALID));
            all.add(new Credential(
                    "header and cookie",
                    "Authorization: Bearer " + ended + "\nCookie: " + Browser.ACCESS + "=" + access + "\n",
                    "",
                    Worth.INVALID,
                    Worth.NONE,
                    Worth.VALID));
            return all;
        }

        private static Credential header(String name, String line, Worth worth) {
            return new Credential(name, line + "\n", "", worth, Worth.NONE, Worth.NONE);
        }

        private static Credential cookie(String name, String value, Worth header, Worth cookie) {
            return new Credential(name, "Cookie: a=1; " + value + "\n", "", header, Worth.NONE, cookie);
        }
    }

    /** The queries, each with the status for a valid token. */
    private static final Map<String, Integer> QUERIES = Map.ofEntries(
            Map.entry("", 200),
            Map.entry("auth=required", 200),
            Map.entry("auth=optional", 200),
            Map.entry("roles=user", 200),
            Map.entry("roles=admin,%20user", 200),
            Map.entry("auth=required&roles=auditor", 200),
            Map.entry("roles=admin", 403),
            Map.entry("roles=USER", 403),
            Map.entry("cookies=separate", 200),
            Map.entry("auth=none", 400),
            Map.entry("auth=", 400),
            Map.entry("auth", 400),
            Map.entry("auth=Required", 400),
            Map.entry("auth=optional&auth=optional", 400),
            Map.entry("auth=optional&%61uth=required", 400),
            Map.entry("roles=user&roles=admin", 400),
            Map.entry("roles=", 400),
            Map.entry("roles=user,", 400),
            Map.entry("auth=optional&roles=user", 400),
            Map.entry("cookies=on", 400),
            Map.entry("role=admin", 400),
            Map.entry("path=/public", 400));

    /** The credentials with which a bad query is asked. */
    private static final List<String> CREDENTIALS_OF_BAD_QUERIES = List.of("none", "valid", "cookie");

    private static int expected(String query, int whenValid, Worth worth) {
        if (whenValid == 400) {
            return 400;
        }
        return switch (worth) {
            case NONE -> query.equals("auth=optional") ? 200 : 401;
            case VALID -> whenValid;
            case INVALID -> 401;
            case MALFORMED -> 400;
        };
    }

    @ParameterizedTest
    @EnumSource
    void checkWhenAskedThenCredentialAndQueryDecide(Mode mode) throws Exception {
        for (Credential credential : credentials) {
            for (var query : QUERIES.entrySet()) {
                if (query.getValue() == 400 && !CREDENTIALS_OF_BAD_QUERIES.contains(credential.name())) {
                    continue;
                }
                Worth worth = credential.in(mode);
                int expected = expected(query.getKey(), query.getValue(), worth);
                String target =
                        CHECK + "?" + query.getKey() + (credential.query().isEmpty() ? "" : "&" + credential.query());
                RawResponse response = ask(node(mode), "GET " + target + "\n" + credential.head());
                String what = mode + ", " + credential.name() + ", " + query.getKey() + ": " + response;
                assertThat(response.status()).as(what).contains(" " + expected + " ");
                assertAnswer(what, response, expected, worth, query.getValue() == 400);
            }
        }
    }

    private static void assertAnswer(String what, RawResponse response, int status, Worth worth, boolean badQuery) {
        assertThat(response.headers().get("cache-control")).as(what).containsExactly("no-store");
        assertThat(response.toString().replaceAll("set-cookie=[^]]*", ""))
                .as(what)
                .doesNotContain("pca_", "pcr_");
        boolean identified = status == 200 && worth == Worth.VALID;
        assertThat(response.headers().containsKey("x-user-id")).as(what).isEqualTo(identified);
        if (status == 200) {
            assertThat(response.body()).as(what).isEmpty();
            assertThat(response.headers().get("content-length")).as(what).containsExactly("0");
        } else {
            assertThat(response.body()).as(what).contains("\"code\":", "\"data\":null");
            assertThat(response.headers().containsKey("www-authenticate"))
                    .as(what)
                    .isEqualTo(status == 401 || status == 403 || !badQuery);
        }
        if (identified) {
            assertThat(response.headers().get("x-user-name")).as(what).containsExactly(USER);
            assertThat(response.headers().get("x-user-roles")).as(what).containsExactly("auditor,user");
            assertThat(response.headers()).as(what).containsKeys("x-session-id", "x-user-type");
        }
    }

    /** Sends a request of HTTP/1.1 and returns the response. */
    private static RawResponse ask(GatewayNode node, String head) throws IOException {
        return send(node, head.replaceFirst("\n", " HTTP/1.1\nHost: gateway\nConnection: close\n") + "\n");
    }

    private static RawResponse send(GatewayNode node, String request) throws IOException {
        try (Socket socket = RawHttp.open(node)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(ISO_8859_1));
            return RawResponse.read(socket.getInputStream());
        }
    }

    /** Every method is judged, OPTIONS and a preflight request of CORS among them, and no header names a path that is not. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void checkWhenAnyMethodThenJudged(String method) throws Exception {
        String foreign = """
            Origin: https://friend.example
            Access-Control-Request-Method: PUT
            X-Forwarded-Uri: /public/echo/a
            X-Original-URL: /public
            X-Rewrite-URL: /public
            X-Forwarded-Method: OPTIONS
            X-Original-Method: OPTIONS
            X-HTTP-Method-Override: OPTIONS
            User-Agent: kube-probe/1.30
            X-User-Id: forged
            X_User_Id: forged
            X-User.Name: forged
            Connection: X-User-Id, X-Session-Id
            """;
        for (Mode mode : List.of(Mode.COOKIES_OFF, Mode.COOKIES_ON)) {
            String line = method + " " + CHECK;
            RawResponse refused = ask(node(mode), line + "\n" + foreign);
            RawResponse anonymous = ask(node(mode), line + "?auth=optional\n" + foreign);
            RawResponse admitted = ask(node(mode), line + "\n" + foreign + "Authorization: Bearer " + token + "\n");

            assertThat(refused.status()).contains(" 401 ");
            assertThat(refused.headers()).containsKey("www-authenticate");
            assertThat(anonymous.status()).contains(" 200 ");
            assertThat(admitted.status()).contains(" 200 ");
            assertThat(admitted.headers()).containsKey("x-user-id");
            for (RawResponse each : List.of(refused, anonymous, admitted)) {
                assertThat(each.toString())
                        .doesNotContain("forged")
                        .doesNotContainIgnoringCase("access-control-")
                        .doesNotContainIgnoringCase("allow=");
            }
            assertThat(anonymous.toString())
                    .doesNotContainIgnoringCase("x-user")
                    .doesNotContain("x-session-id");
        }
    }

    /** A proxy that asks a path beside the endpoint must not take the answer for an admission. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/system/auth/check/",
                "/system/auth/check/public/echo/a",
                "/system/auth/check;a=1",
                "//system/auth/check",
                "/system//auth/check",
                "/system/auth/check/..",
                "/system/auth/Check",
                "/system/auth/check%2f",
                "/system/auth/check#public",
                "/system/auth/%63heck"
            })
    void checkWhenThePathIsAnotherThenNeverASuccess(String path) throws Exception {
        for (Mode mode : Mode.values()) {
            RawResponse response = ask(node(mode), "GET " + path + "\n");

            assertThat(response.status()).as(mode + response.toString()).containsPattern(" 40[0-9] ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST %s HTTP/1.1\nHost: a\nConnection: close\nContent-Length: 5\n%s\nhello",
                "PUT %s HTTP/1.1\nHost: a\nConnection: close\nTransfer-Encoding: chunked\n%s\n5\nhello\n0\n\n",
                "POST %s HTTP/1.0\nHost: a\nConnection: close\n%s\n",
                "GET %s HTTP/1.0\nHost: a\n%s\n",
                "POST %s HTTP/1.0\nHost: a\nContent-Length: 5\n%s\nhello",
                "GET %s HTTP/1.0\nHost: a\nConnection: keep-alive\n%s\n",
                "HEAD %s HTTP/1.0\nHost: a\n%s\n"
            })
    void checkWhenOfAnyFormThenAnswered(String form) throws Exception {
        String authorization = "Authorization: Bearer " + token + "\n";

        RawResponse admitted = send(node(Mode.COOKIES_OFF), form.formatted(CHECK, authorization));
        RawResponse refused = send(node(Mode.COOKIES_OFF), form.formatted(CHECK + "?roles=admin", authorization));

        assertThat(admitted.status()).contains(" 200 ");
        assertThat(admitted.body()).isEmpty();
        assertThat(admitted.headers()).containsKey("x-user-id");
        assertThat(refused.status()).contains(" 403 ");
    }

    @Test
    void checkWhenTheConnectionIsKeptThenEachCallIsJudged() throws Exception {
        String good = "Authorization: Bearer " + token + "\n";
        String kept = " HTTP/1.1\nHost: a\nConnection: keep-alive\n";
        try (Socket socket = RawHttp.open(node(Mode.COOKIES_OFF))) {
            socket.setSoTimeout(30_000);
            assertThat(call(socket, "GET " + CHECK + kept + good + "\n")).contains(" 200 ", "x-user-id");
            assertThat(call(socket, "POST " + CHECK + kept + "\n")).contains(" 401 ");
            assertThat(call(socket, "GET " + CHECK + "?roles=admin" + kept + good + "\n"))
                    .contains(" 403 ");
            assertThat(call(socket, "GET " + CHECK + "?auth=optional" + kept + "\n"))
                    .contains(" 200 ")
                    .doesNotContain("x-user-id");
        }
    }

    /** The body of a call is not read, and is not taken for the next call either. */
    @Test
    void checkWhenACallHasABodyThenItIsNoFurtherCall() throws Exception {
        String inner = "GET " + CHECK + "?auth=optional HTTP/1.1\nHost: a\n\n";
        int length = inner.replace("\n", "\r\n").length();
        String outer = "POST " + CHECK + " HTTP/1.1\nHost: a\nConnection: close\nContent-Length: " + length + "\n\n";

        RawResponse response = send(node(Mode.COOKIES_OFF), outer + inner);

        assertThat(response.status()).contains(" 401 ");
        assertThat(response.body()).startsWith("{\"code\":401,").doesNotContain("HTTP/1.1");
    }

    private static String call(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(ISO_8859_1));
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the connection, after %s", text).isNotNegative();
            text.append((char) next);
        }
        String head = text.toString().toLowerCase(Locale.ROOT);
        int length = Integer.parseInt(head.replaceFirst("(?is).*content-length: (\\d+).*", "$1"));
        assertThat(socket.getInputStream().readNBytes(length)).hasSize(length);
        return head;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COOKIES_OFF")
    void checkWhenOnlyTheRefreshCookieIsThereThenRefreshedAndTheCookiesComeBack(Mode mode) throws Exception {
        Browser browser = Browser.loggedIn(node(mode), USER, PASSWORD);
        String refresh = browser.without(Browser.ACCESS).header();

        RawResponse refused = ask(node(mode), "GET " + CHECK + "?roles=admin\nCookie: " + refresh + "\n");
        RawResponse response = ask(node(mode), "GET " + CHECK + "?cookies=separate\nCookie: " + refresh + "\n");

        assertThat(refused.status()).contains(" 403 ");
        assertThat(refused.headers().get("set-cookie")).hasSize(2);
        assertThat(response.status()).contains(" 200 ");
        List<String> cookies = Objects.requireNonNull(response.headers().get("set-cookie"));
        assertThat(cookies).hasSize(2).allMatch(cookie -> cookie.contains("SameSite") && cookie.contains("Secure"));
        for (int i = 0; i < 2; i++) {
            assertThat(response.headers().get("x-portcullis-set-cookie-" + (i + 1)))
                    .singleElement()
                    .asString()
                    .startsWith(cookies.get(i).replaceFirst(";.*", ";"))
                    .contains("Path=/", "Max-Age=", "Secure", "HttpOnly", "SameSite=");
        }
        browser.keep(cookies);
        assertThat(ask(node(mode), "GET " + CHECK + "\nCookie: " + browser.header() + "\n")
                        .headers())
                .containsKey("x-user-id")
                .doesNotContainKey("set-cookie");
    }

    /** A script of the page could read the header, and could not read the cookie. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COOKIES_OFF")
    void checkWhenABrowserAsksForCookiesInHeadersThenRefusedAndNotRefreshed(Mode mode) throws Exception {
        String head = "GET " + CHECK + "?cookies=separate\nSec-Fetch-Site: same-origin\nCookie: "
                + Browser.loggedIn(node(mode), USER, PASSWORD)
                        .without(Browser.ACCESS)
                        .header()
                + "\n";

        RawResponse response = ask(node(mode), head);

        assertThat(response.status()).contains(" 400 ");
        assertThat(response.body()).contains("Sec-Fetch-Site");
        assertThat(response.toString()).doesNotContain("pca_", "pcr_");
    }

    /** Neither the access nor the refresh token of an ended session opens the door again, and both cookies are cleared. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COOKIES_OFF")
    void checkWhenTheSessionIsOverThenRefusedAndTheCookiesAreCleared(Mode mode) throws Exception {
        Browser browser = Browser.loggedIn(node(mode), USER, PASSWORD);
        String copied = browser.header();
        browser.call(node(mode), "POST", "/system/auth/logout", null);

        RawResponse response = ask(node(mode), "GET " + CHECK + "?cookies=separate\nCookie: " + copied + "\n");

        assertThat(response.status()).contains(" 401 ");
        assertThat(response.body()).contains("1002000020");
        assertThat(response.headers().get("set-cookie")).hasSize(2).allMatch(cookie -> cookie.contains("Max-Age=0"));
        assertThat(response.headers()).containsKeys("x-portcullis-set-cookie-1", "x-portcullis-set-cookie-2");
    }

    /** The method of the call counts, so a proxy must pass on the one of the original request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET|Sec-Fetch-Site: cross-site|200",
                "POST|Sec-Fetch-Site: same-origin|200",
                "POST|Sec-Fetch-Site: cross-site|403",
                "POST|Origin: https://evil.example|403",
                "POST|Origin: https://friend.example|200",
                "POST|X-Nothing: x|403",
                "POST|X-Requested-With: x|200",
                "POST|Origin: https://app.example\nX-Forwarded-Proto: https\nX-Forwarded-Host: app.example|200",
                "GET|Connection: Upgrade\nUpgrade: websocket\nOrigin: https://evil.example|403",
                "GET|Connection: Upgrade\nUpgrade: websocket\nOrigin: https://friend.example|200"
            })
    void checkWhenByCookieThenAForeignPageIsRefused(String row) throws Exception {
        GatewayNode node = node(Mode.COOKIES_ON);
        String[] parts = row.split("\\|", -1);
        String cookie = "Cookie: " + cookies + "\n";

        RawResponse response = ask(node, parts[0] + " " + CHECK + "\n" + parts[1] + "\n" + cookie);

        assertThat(response.status()).contains(" " + parts[2] + " ");
        assertThat(response.headers().containsKey("x-user-id")).isEqualTo(parts[2].equals("200"));
    }
}
