package io.portcullis.gateway.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenScannerTests {
    private static final String ACCESS = "pca_" + "A-b_0".repeat(12);
    /** Text whose base64 has a solidus. */
    private static final String SOLIDUS = "???";

    private static final String REFRESH = "pcr_" + "Z9".repeat(42);

    private static String hex(String before, String text) {
        StringBuilder all = new StringBuilder();
        text.chars().forEach(c -> all.append(before).append("%02x".formatted(c)));
        return all.toString();
    }

    private static String base64(String text, Charset charset) {
        return Base64.getMimeEncoder().encodeToString(text.getBytes(charset));
    }

    private static String oneLine(String text) {
        return base64(text, UTF_8).replace("\r\n", "");
    }

    private static String quotedPrintable(String text) {
        return hex("=", text).replaceAll("(.{72})", "$1=\r\n");
    }

    static Stream<Arguments> encodedTokens() {
        String json = "{\"refreshToken\":\"" + REFRESH + "\",\"x\":1}";
        String inJson = "{\"t\":\"%s\"}";
        return Stream.of(
                arguments("JSON escapes", inJson.formatted(hex("\\u00", REFRESH))),
                arguments("JSON escape of one character", inJson.formatted(REFRESH.replace("_", "\\u005F"))),
                arguments("JSON in JSON", inJson.formatted(json.replace("\"", "\\\""))),
                arguments("escaped JSON in JSON", inJson.formatted(hex("\\\\u00", REFRESH))),
                arguments("JSON behind an escape", "\\u0022" + REFRESH + "\\u0022"),
                arguments("JSON behind a line break", "\"\\n" + REFRESH + "\\n\""),
                arguments("percent-encoding in JSON", inJson.formatted(hex("%", REFRESH))),
                arguments("escaped percent-encoding in JSON", inJson.formatted(hex("\\u0025", REFRESH))),
                arguments("JSON escapes in a form", "data=" + hex("%5Cu00", REFRESH) + "&x=1"),
                arguments("JSON in a form, all encoded", "data=" + hex("%", inJson.formatted(hex("\\u00", REFRESH)))),
                arguments("percent-encoding twice", "t=" + hex("%25", REFRESH)),
                arguments("UTF-16 in percent-encoding", "t=" + hex("%00%", REFRESH)),
                arguments(
                        "base64 part",
                        "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(json, UTF_8) + "\r\n--b--"),
                arguments("base64 part of the token", "X: base64\n\n" + base64(REFRESH + " ", UTF_8) + "\r\n--b--"),
                arguments("base64 part in UTF-16", "X: base64\r\n\r\n" + base64(json, StandardCharsets.UTF_16LE)),
                arguments(
                        "Basic credentials",
                        "Basic " + base64("user:" + REFRESH, UTF_8).replace("\r\n", "")),
                arguments("base64 in JSON, all escaped", inJson.formatted(hex("\\u00", base64(json, UTF_8)))),
                arguments(
                        "base64 in JSON, escaped solidus",
                        inJson.formatted(oneLine(SOLIDUS + json).replace("/", "\\/"))),
                arguments(
                        "base64 in JSON in JSON, escaped solidus",
                        inJson.formatted(oneLine(SOLIDUS + json).replace("/", "\\\\/"))),
                arguments(
                        "base64 in JSON, line breaks",
                        inJson.formatted(base64(json, UTF_8).replace("\r\n", "\\r\\n"))),
                arguments(
                        "JSON escapes in base64 in JSON, escaped",
                        inJson.formatted(hex("\\u00", base64(inJson.formatted(hex("\\u00", REFRESH)), UTF_8)))),
                arguments("base64 in a form", "t=" + hex("%", base64(json, UTF_8))),
                arguments(
                        "base64 in JSON in a form",
                        "data=" + hex("%", inJson.formatted(hex("\\u00", base64(json, UTF_8))))),
                arguments("encoded word", "=?utf-8?B?" + base64(REFRESH, UTF_8).replace("\r\n", "") + "?="),
                arguments("quoted-printable", "\r\n\r\n" + quotedPrintable(REFRESH) + "\r\n--b--"),
                arguments("quoted-printable, broken lines", REFRESH.replaceAll("(.{40})", "$1= \t\r\n") + "\r\n--b"),
                arguments("quoted-printable JSON", quotedPrintable(inJson.formatted(hex("\\u00", REFRESH)))));
    }

    static Stream<Arguments> encodings() {
        return Stream.of(
                encoding("JSON escapes", text -> "{\"t\":\"" + hex("\\u00", text) + "\"}"),
                encoding("percent-encoding", text -> "t=" + hex("%", text) + "&x"),
                encoding("base64", text -> "x: " + oneLine(text) + "\r\n--b"),
                encoding("wrapped base64", text -> "\r\n\r\n" + base64(text, UTF_8) + "\r\n--b"),
                encoding("quoted-printable", text -> "\r\n" + quotedPrintable(text) + "\r\n--b"));
    }

    private static Arguments encoding(String name, UnaryOperator<String> encode) {
        return arguments(name, encode);
    }

    /** Each encoding in each, also as base64 that a JSON writer or a form wrapped around its line breaks. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void scanWhenTokenEncodedTwiceThenDecoded(String name, UnaryOperator<String> outer) {
        encodings().forEach(inner -> {
            String text = outer.apply(encode(inner, REFRESH));

            assertThat(scan(text)).as("%s in %s", inner.get()[0], name).contains(REFRESH);
        });
    }

    @SuppressWarnings("unchecked")
    private static String encode(Arguments encoding, String text) {
        return ((UnaryOperator<String>) encoding.get()[1]).apply(text);
    }

    private static List<String> scan(String text) {
        var scanner = new TokenScanner(false);
        scanner.scanWhole(text);
        return scanner.finish();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "Bearer %s",
                "refreshToken=%s&x=1",
                "{\"refreshToken\":\"%s\"}",
                "{\"refreshToken\":\"%s",
                "--b\r\nContent-Disposition: form-data; name=\"refreshToken\"\r\n\r\n%s\r\n--b--",
                "refreshToken%%3D%s%%26x",
                "%%zz=%%%s",
                "portcullis_refresh=%s; theme=dark",
                "a%%5fb %s"
            })
    void scanWhenTokenInAnySyntaxThenFound(String syntax) {
        assertThat(scan(syntax.formatted(REFRESH))).containsExactly(REFRESH);
    }

    @Test
    void scanWhenTokenPercentEncodedThenDecoded() {
        assertThat(scan(REFRESH.replace("_", "%5F").replace("Z9Z", "%5a9%5A"))).containsExactly(REFRESH);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodedTokens")
    void scanWhenTokenEncodedThenDecoded(String encoding, String text) {
        assertThat(scan(text)).contains(REFRESH);
    }

    /** Characters beyond ASCII stand around the token whose bytes are characters of tokens. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE", "GB18030"})
    void scanWhenTokenInAnotherCharsetThenFound(String charset) {
        String form = "\u4e2dx=\u4e2d" + ACCESS + "\u4e2d&y=" + hex("%", REFRESH) + "\u304b";
        String json = "{\"x\":\"" + ACCESS + "\",\"y\":\"" + hex("\\u00", REFRESH) + "\"}";

        assertThat(scanBody(form.getBytes(Charset.forName(charset)))).contains(ACCESS, REFRESH);
        assertThat(scanBody(json.getBytes(Charset.forName(charset)))).contains(ACCESS, REFRESH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%41", "\\u0041", "=41", "\\\\", "\\n", "%", "\\u", "=", "\0"})
    void scanWhenAnEscapeFollowsThenTheTokenInFrontOfItIsFound(String after) {
        assertThat(scan(ACCESS + after + "x " + REFRESH)).contains(ACCESS, REFRESH);
    }

    private static List<String> scanBody(byte[] body) {
        var scanner = new TokenScanner(false);
        scanner.scanPart(body);
        return scanner.finish();
    }

    @Test
    void scanWhenARunIsLongerThanIsKeptThenTheTokenAtItsEndIsFound() {
        assertThat(scan("A".repeat(1000) + ACCESS)).containsExactly(ACCESS);
    }

    @Test
    void scanWhenTokenSplitOverPartsThenFoundOnce() {
        byte[] body = ("x=" + ACCESS + "&y=" + REFRESH + "&z=" + ACCESS).getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at <= body.length; at++) {
            var scanner = new TokenScanner(false);
            scanner.scanPart(Arrays.copyOf(body, at));
            scanner.scanPart(Arrays.copyOfRange(body, at, body.length));

            assertThat(scanner.finish()).as("split at %d", at).containsExactly(ACCESS, REFRESH);
        }
    }

    @Test
    void scanWhenTwoTextsEndAndBeginWithTokensThenTheyAreKeptApart() {
        var scanner = new TokenScanner(false);
        scanner.scanWhole(ACCESS);
        scanner.scanWhole(REFRESH);

        assertThat(scanner.finish()).containsExactly(ACCESS, REFRESH);
    }

    @Test
    void scanWhenNameRunsIntoTokenThenTokenIsACandidate() {
        assertThat(scan("my-" + REFRESH)).contains(REFRESH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pca_", "pca_x", "nothing of ours", "%", "%4", "pcr_ AAAA"})
    void scanWhenNoTokenThenEmpty(String text) {
        assertThat(scan(text)).isEmpty();
    }

    @Test
    void scanWhenRunIsOverlongThenItIsSkippedAndTheNextIsFound() {
        assertThat(scan("pca_" + "A".repeat(100_000) + " " + ACCESS)).containsExactly(ACCESS);
    }

    /** Otherwise one run of prefixes would become as many texts as it has prefixes. */
    @Test
    void scanWhenARunRepeatsThePrefixThenOneTextForEachLengthOfAToken() {
        assertThat(scan("pca_".repeat(64))).hasSize(2);
    }

    /** A find costs as much as the length of a token, so the number of finds must not grow with the text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "p\0c\0a\0_\0",
                "p\0c\0a\0\0_\0",
                "p\0\0c\0a_\0\0\0",
                "pca_",
                "pca_AAAA|",
                "pca_pcr_%%%%\\\\\\\\",
                "pca_pcr_pca_pcr_pca_pcr_pca_pcr_pca_pcr_pca_pcr_pca_pcr_pca_pcr_|"
            })
    void acceptWhenATextIsFullOfPrefixesThenFindsAreFew(String repeated) {
        var found = new FoundTokens();
        var run = new TokenMatcher(found, false);
        char[] text = repeated.repeat(64 * 1024 / repeated.length()).toCharArray();

        run.accept(text, text.length);
        run.end();

        assertThat(found.finds()).isLessThanOrEqualTo(2_000);
    }

    /** The number of characters that reach the last steps is bounded by the length of the text, in each of the ten readings. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%25",
                "\\u0025",
                "\\\\\\u0025",
                "=3D",
                "=\r\n",
                "JQ==",
                "A|",
                "%2",
                "\\u",
                "=",
                "A",
                "p\0c\0a\0_\0"
            })
    void decodedWhenTextIsLongThenNoLongerThanTheText(String repeated) {
        int[] lengths = new int[1];
        TextSink count = new TextSink() {
            @Override
            public void accept(char[] piece, int length) {
                lengths[0] += length;
            }

            @Override
            public void end() {}
        };
        char[] text = repeated.repeat(1000).toCharArray();
        for (TextSink step : List.of(
                new PercentDecoder(count),
                new JsonEscapeDecoder(count),
                new QuotedPrintableDecoder(count),
                new Base64Decoder(count))) {
            lengths[0] = 0;
            step.accept(text, text.length);
            step.end();

            assertThat(lengths[0]).isLessThanOrEqualTo(text.length);
        }
    }

    @Test
    void scanWhenImportedTokensAreKnownThenARunOfTheirFormIsFound() {
        String imported = "0123456789abcdef0123456789abcdef";
        for (String text :
                List.of("Bearer " + imported, "refreshToken=" + imported + "&x=1", "{\"a\":\"" + imported + "\"}")) {
            var scanner = new TokenScanner(true);
            scanner.scanWhole(text);
            assertThat(scanner.finish()).as(text).containsExactly(imported);
            assertThat(scan(text)).as("off").isEmpty();
        }
        for (String text :
                List.of("00-" + imported + "-00f067aa0ba902b7-01", imported + "0", imported.toUpperCase(Locale.ROOT))) {
            var scanner = new TokenScanner(true);
            scanner.scanWhole(text);
            assertThat(scanner.finish()).as(text).isEmpty();
        }
    }

    @Test
    void scanWhenOneTokenIsRepeatedThenNoOverflow() {
        var scanner = new TokenScanner(false);
        for (int i = 0; i < 100; i++) {
            scanner.scanWhole("refreshToken=" + REFRESH);
        }

        assertThat(scanner.finish()).containsExactly(REFRESH);
        assertThat(scanner.overflows()).isFalse();
    }

    @Test
    void scanWhenMoreThanAHundredTokensThenTheScannerOverflows() {
        var scanner = new TokenScanner(false);
        for (int i = 0; i < 101; i++) {
            scanner.scanWhole(ACCESS.substring(0, 61) + (100 + i));
        }

        assertThat(scanner.finish()).hasSize(100);
        assertThat(scanner.overflows()).isTrue();
    }
}
