package io.portcullis.gateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

class TokenScannerTests {
    private static final String ACCESS = "pca_" + "A-b_0".repeat(12);
    private static final String REFRESH = "pcr_" + "Z9".repeat(42);

    private static List<String> scan(String text) {
        var scanner = new TokenScanner();
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

    @Test
    void scanWhenTokenSplitOverPartsThenFoundOnce() {
        byte[] body = ("x=" + ACCESS + "&y=" + REFRESH + "&z=" + ACCESS).getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at <= body.length; at++) {
            var scanner = new TokenScanner();
            var buffer = DefaultDataBufferFactory.sharedInstance.wrap(body);
            scanner.scanPart(buffer.split(at));
            scanner.scanPart(buffer);

            assertThat(scanner.finish()).as("split at %d", at).containsExactly(ACCESS, REFRESH);
        }
    }

    @Test
    void scanWhenTwoTextsEndAndBeginWithTokensThenTheyAreKeptApart() {
        var scanner = new TokenScanner();
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
        assertThat(scan("pca_".repeat(64))).hasSize(3);
    }

    @Test
    void scanWhenMoreThanAHundredTokensThenTheScannerOverflows() {
        var scanner = new TokenScanner();
        for (int i = 0; i < 101; i++) {
            scanner.scanWhole(ACCESS.substring(0, 61) + (100 + i));
        }

        assertThat(scanner.finish()).hasSize(100);
        assertThat(scanner.overflows()).isTrue();
    }
}
