package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tokens that a logout or a refresh presents in an encoding, and bodies whose encoding is not read. */
class LogoutEncodingsIT {
    private static final String LOGOUT = "/system/auth/logout";
    private static final String REFRESH = "/system/auth/refresh-token";
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String PASSWORD = "some-demo-pass";
    private static final GatewayNode node = GatewayNode.shared();
    private static final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    private static HttpResponse<String> post(String path, String type, String codings, byte[] body) throws Exception {
        var request = HttpRequest.newBuilder(node.uri(path));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        if (!codings.isEmpty()) {
            request.header("Content-Encoding", codings);
        }
        return GatewayNode.send(request.POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }

    private static void assertDead(JsonNode pair) throws Exception {
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
    }

    private static void assertAlive(JsonNode pair) throws Exception {
        assertThat(node.proxied(access(pair))).isEqualTo(200);
    }

    private static String json(String token) {
        return "{\"refreshToken\":\"" + token + "\"}";
    }

    private static String hex(String before, String text) {
        StringBuilder all = new StringBuilder();
        text.chars().forEach(c -> all.append(before).append("%02x".formatted(c)));
        return all.toString();
    }

    private static byte[] in(String charset, String text) {
        return text.getBytes(Charset.forName(charset));
    }

    private static byte[] gzip(byte[] text) {
        var target = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(target)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return target.toByteArray();
    }

    private static byte[] deflate(byte[] text) {
        var target = new ByteArrayOutputStream();
        try (var deflate = new DeflaterOutputStream(target)) {
            deflate.write(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return target.toByteArray();
    }

    private static String wrapped(String token) {
        return Base64.getMimeEncoder().encodeToString((":" + token).getBytes(UTF_8));
    }

    private static byte[] part(String encoding, String content) {
        return ("--b\r\nContent-Disposition: form-data; name=\"refreshToken\"\r\nContent-Transfer-Encoding: " + encoding
                        + "\r\n\r\n" + content + "\r\n--b--\r\n")
                .getBytes(UTF_8);
    }

    private static Arguments body(String name, String type, String codings, Function<String, byte[]> body) {
        return arguments(name, type, codings, body);
    }

    static Stream<Arguments> readBodies() {
        String multipart = "multipart/form-data; boundary=b";
        return Stream.of(
                body("JSON escapes", JSON, "", token -> in("UTF-8", json(hex("\\u00", token)))),
                body("one JSON escape", JSON, "", token -> in("UTF-8", json(token.replace("_", "\\u005f")))),
                body("UTF-16 with a mark", JSON, "", token -> in("UTF-16", json(token))),
                body("UTF-16BE", JSON + ";charset=UTF-16BE", "", token -> in("UTF-16BE", json(token))),
                body("UTF-16LE", JSON + ";charset=UTF-16LE", "", token -> in("UTF-16LE", json(token))),
                body("UTF-16LE, escaped", JSON, "", token -> in("UTF-16LE", json(hex("\\u00", token)))),
                body("UTF-32", JSON, "", token -> in("UTF-32", json(token))),
                body("UTF-32LE", JSON, "", token -> in("UTF-32LE", json(token))),
                body(
                        "form, UTF-16BE",
                        FORM + ";charset=UTF-16BE",
                        "",
                        token -> in("UTF-16BE", "refreshToken=" + token)),
                body(
                        "form, UTF-16LE",
                        FORM + ";charset=UTF-16LE",
                        "",
                        token -> in("UTF-16LE", "refreshToken=" + token)),
                body("form of UTF-16 bytes", FORM, "", token -> in("UTF-8", "refreshToken=" + hex("%00%", token))),
                body("percent-encoding in JSON", JSON, "", token -> in("UTF-8", json(hex("%", token)))),
                body("JSON in a form", FORM, "", token -> in("UTF-8", "d=" + hex("%", json(hex("\\u00", token))))),
                body("gzip", JSON, "gzip", token -> gzip(in("UTF-8", json(token)))),
                body("gzip, UTF-16, escaped", JSON, "x-gzip", token -> gzip(in("UTF-16", json(hex("\\u00", token))))),
                body("deflate", FORM, "deflate", token -> deflate(in("UTF-8", "refreshToken=" + token))),
                body("one coding and identity", JSON, "identity, gzip", token -> gzip(in("UTF-8", json(token)))),
                body(
                        "wrapped base64 in JSON",
                        JSON,
                        "",
                        token -> in("UTF-8", json(wrapped(token).replace("\r\n", "\\n")))),
                body("base64 in base64", "text/plain", "", token -> in("UTF-8", wrapped(wrapped(token)))),
                body(
                        "base64 part",
                        multipart,
                        "",
                        token -> part("base64", Base64.getMimeEncoder().encodeToString(token.getBytes(UTF_8)))),
                body(
                        "quoted-printable part",
                        multipart,
                        "",
                        token -> part("quoted-printable", hex("=", token).replaceAll("(.{72})", "$1=\r\n"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readBodies")
    void logoutWhenTokenIsEncodedThenItsSessionEnds(
            String name, String type, String codings, Function<String, byte[]> body) throws Exception {
        JsonNode byRefresh = node.login(user, PASSWORD);
        JsonNode byAccess = node.login(user, PASSWORD);

        assertThat(post(LOGOUT, type, codings, body.apply(refresh(byRefresh))).body())
                .contains("\"data\":true");
        assertThat(post(LOGOUT, type, codings, body.apply(access(byAccess))).body())
                .contains("\"data\":true");

        assertDead(byRefresh);
        assertDead(byAccess);
    }

    static Stream<Arguments> unreadBodies() {
        return Stream.of(
                arguments(JSON, "br", 415),
                arguments(JSON, "gzip, zstd", 415),
                arguments(JSON, "gzip, gzip", 415),
                arguments(JSON, "deflate, gzip", 415),
                arguments(JSON + "; charset=IBM037", "", 415),
                arguments("text/plain; charset=\"utf-7\"", "", 415),
                arguments("text/plain; charset=none-such", "", 415),
                arguments(JSON, "gzip", 400),
                arguments(JSON, "deflate", 400));
    }

    /** The tokens that are found end all the same. */
    @ParameterizedTest
    @MethodSource("unreadBodies")
    void logoutWhenBodyIsNotReadThenNeverTrue(String type, String codings, int status) throws Exception {
        JsonNode inBody = node.login(user, PASSWORD);
        JsonNode inQuery = node.login(user, PASSWORD);

        var response = post(
                LOGOUT + "?refreshToken=" + refresh(inQuery),
                type,
                codings,
                ("\n" + json(access(inBody))).getBytes(UTF_8));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains("expected: ").contains("\"data\":null");
        assertDead(inBody);
        assertDead(inQuery);
    }

    @Test
    void logoutWhenGzipIsCutThenTheTokenInFrontOfThatEnds() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        byte[] whole = gzip(in("UTF-8", json(refresh(pair))));

        var response = post(LOGOUT, JSON, "gzip", Arrays.copyOf(whole, whole.length - 8));

        assertThat(response.statusCode()).isEqualTo(400);
        assertDead(pair);
    }

    static Stream<Arguments> longBodies() {
        byte[] prefixes = "p\0c\0a\0_\0".repeat(32_700).getBytes(UTF_8);
        byte[] random = new byte[17_000];
        new Random(1).nextBytes(random);
        return Stream.of(
                arguments("gzip", gzip(new byte[20_000]), "16 times"),
                arguments("gzip", gzip(prefixes), "16 times"),
                arguments("deflate", deflate(new byte[262_000]), "16 times"),
                arguments("gzip", gzip(random), "16 KB compressed"),
                arguments("", new byte[66_000], "at most 64 KB"),
                arguments("", ("pca_" + "A".repeat(60) + "|").repeat(900).getBytes(UTF_8), "at most 100"));
    }

    /** The work for a body follows the size that was received, and the tokens in other places end all the same. */
    @ParameterizedTest
    @MethodSource("longBodies")
    void logoutWhenBodyIsLongerThanIsSearchedThenTooLarge(String codings, byte[] body, String expected)
            throws Exception {
        JsonNode pair = node.login(user, PASSWORD);

        var response = post(LOGOUT + "?t=" + access(pair), JSON, codings, body);

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains(expected);
        assertDead(pair);
    }

    @Test
    void logoutWhenBodyIsEmptyThenItsHeadersDoNotMatter() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(post(LOGOUT + "?t=" + access(pair), "text/plain; charset=x", "br", new byte[0])
                        .body())
                .contains("\"data\":true");
        assertDead(pair);
    }

    private static String chunked(String path, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + more;
    }

    /** Headers that the gateway removes before a request reaches an endpoint or a service. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User-Id: TOKEN",
                "x-user_name: TOKEN",
                "X-Session-Id: TOKEN",
                "Upgrade: TOKEN",
                "HTTP2-Settings: TOKEN",
                "Connection: TOKEN",
                "Connection: X-Token\r\nX-Token: TOKEN",
                "Connection: X-Token\r\nX-Token: a\r\nX-Token: TOKEN",
                "Connection: Proxy-Authorization\r\nProxy-Authorization: Bearer TOKEN"
            })
    void logoutWhenTokenIsInARemovedHeaderThenItsSessionEnds(String header) throws Exception {
        JsonNode pair = node.login(user, PASSWORD);

        String response = RawHttp.exchange(
                node,
                "POST " + LOGOUT + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
                        + header.replace("TOKEN", access(pair)) + "\r\nConnection: close\r\n\r\n");

        assertThat(response).contains("\"data\":true");
        assertDead(pair);
    }

    @Test
    void logoutWhenTokenInTrailerThenItsSessionEnds() throws Exception {
        JsonNode first = node.login(user, PASSWORD);
        JsonNode second = node.login(user, PASSWORD);

        String response = RawHttp.exchange(
                node,
                chunked(
                        LOGOUT,
                        "0\r\nX-A: 1\r\nX-Token: " + access(first) + "\r\nX-B: " + hex("%", refresh(second))
                                + "\r\n\r\n"));

        assertThat(response).contains("\"data\":true");
        assertDead(first);
        assertDead(second);
    }

    @Test
    void logoutWhenAnEarlierRequestHadATokenInARemovedHeaderThenItsSessionLives() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);

        String response = RawHttp.exchange(
                node,
                "GET /public/echo/a HTTP/1.1\r\nHost: a\r\nConnection: X-Token\r\nX-Token: " + access(pair)
                        + "\r\n\r\nPOST " + LOGOUT
                        + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(response).contains("\"method\"").contains("\"data\":true");
        assertAlive(pair);
    }

    /** The trailer of one request is not that of the next. */
    @Test
    void logoutWhenAnEarlierRequestHadATokenInItsTrailerThenItsSessionLives() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        String echo = chunked("/public/echo/a", "0\r\nX-Token: " + access(pair) + "\r\n\r\n")
                .replace("Connection: close\r\n", "");

        String response = RawHttp.exchange(
                node,
                echo + "POST " + LOGOUT + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(response).contains("\"method\"").contains("\"data\":true");
        assertAlive(pair);
    }

    @Test
    void logoutWhenBodyBreaksOffThenTheTokenBeforeEndsAndTheAnswerIsNotTrue() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        String token = access(pair);

        String response = RawHttp.exchange(
                node, chunked(LOGOUT, Integer.toHexString(token.length() + 1) + "\r\n " + token + "\r\nZZZ\r\n"));

        assertThat(response).startsWith("HTTP/1.1 400 ");
        assertDead(pair);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application/json                                    | gzip | {}                | 415",
                "application/json                                    | br   | {}                | 415",
                "application/x-www-form-urlencoded                   | gzip | refreshToken=x    | 415",
                "application/x-www-form-urlencoded;charset=UTF-16BE  | ``   | refreshToken=x    | 415",
                "application/x-www-form-urlencoded;charset=IBM037    | ``   | refreshToken=x    | 415",
                "application/json;charset=IBM037                     | ``   | {}                | 415",
                "``                                                  | ``   | refreshToken=x    | 415",
                "multipart/form-data; boundary=b                     | ``   | --b               | 415",
                "nonsense                                            | ``   | x                 | 415",
                "text/plain;charset=none-such                        | ``   | x                 | 415",
                "application/x-www-form-urlencoded                   | ``   | refreshToken=%zz  | 400",
                "application/json                                    | ``   | {                 | 400",
                "application/json                                    | ``   | []                | 400"
            })
    void refreshWhenBodyIsNotReadThenSaidAndNotTakenForAnInvalidToken(
            String type, String codings, String body, int status) throws Exception {
        var response = post(REFRESH, type, codings, body.getBytes(ISO_8859_1));

        assertThat(response.statusCode()).isEqualTo(status);
    }
}
