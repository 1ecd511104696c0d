package io.portcullis.gateway;

import static io.portcullis.gateway.BodyEncodings.deflate;
import static io.portcullis.gateway.BodyEncodings.gzip;
import static io.portcullis.gateway.BodyEncodings.hex;
import static io.portcullis.gateway.BodyEncodings.in;
import static io.portcullis.gateway.BodyEncodings.json;
import static io.portcullis.gateway.BodyEncodings.part;
import static io.portcullis.gateway.BodyEncodings.wrapped;
import static io.portcullis.gateway.PresentedPairs.LOGOUT;
import static io.portcullis.gateway.PresentedPairs.REFRESH;
import static io.portcullis.gateway.PresentedPairs.access;
import static io.portcullis.gateway.PresentedPairs.refresh;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Tokens that a logout or a refresh presents in an encoding, and bodies whose encoding is not read. */
@Tag("database-independent")
class LogoutEncodingsIT {
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final PresentedPairs pairs = new PresentedPairs();

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
        JsonNode byRefresh = pairs.login();
        JsonNode byAccess = pairs.login();

        assertThat(pairs.post(LOGOUT, type, codings, body.apply(refresh(byRefresh)))
                        .body())
                .contains("\"data\":true");
        assertThat(pairs.post(LOGOUT, type, codings, body.apply(access(byAccess)))
                        .body())
                .contains("\"data\":true");

        pairs.assertDead(byRefresh);
        pairs.assertDead(byAccess);
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
        JsonNode inBody = pairs.login();
        JsonNode inQuery = pairs.login();

        var response = pairs.post(
                LOGOUT + "?refreshToken=" + refresh(inQuery),
                type,
                codings,
                ("\n" + json(access(inBody))).getBytes(UTF_8));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains("expected: ").contains("\"data\":null");
        pairs.assertDead(inBody);
        pairs.assertDead(inQuery);
    }

    @Test
    void logoutWhenGzipIsCutThenTheTokenInFrontOfThatEnds() throws Exception {
        JsonNode pair = pairs.login();
        byte[] whole = gzip(in("UTF-8", json(refresh(pair))));

        var response = pairs.post(LOGOUT, JSON, "gzip", Arrays.copyOf(whole, whole.length - 8));

        assertThat(response.statusCode()).isEqualTo(400);
        pairs.assertDead(pair);
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
        JsonNode pair = pairs.login();

        var response = pairs.post(LOGOUT + "?t=" + access(pair), JSON, codings, body);

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains(expected);
        pairs.assertDead(pair);
    }

    @Test
    void logoutWhenBodyIsEmptyThenItsHeadersDoNotMatter() throws Exception {
        JsonNode pair = pairs.login();

        assertThat(pairs.post(LOGOUT + "?t=" + access(pair), "text/plain; charset=x", "br", new byte[0])
                        .body())
                .contains("\"data\":true");
        pairs.assertDead(pair);
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
        var response = pairs.post(REFRESH, type, codings, body.getBytes(ISO_8859_1));

        assertThat(response.statusCode()).isEqualTo(status);
    }
}
