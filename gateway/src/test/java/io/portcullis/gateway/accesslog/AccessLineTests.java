package io.portcullis.gateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessLineTests {
    private static AccessRecord record(String method, String path) {
        return new AccessRecord(
                new AccessRecord.Received(Instant.EPOCH, "id", "203.0.113.9", method, path, "HTTP/1.1"), 0);
    }

    private static String line(String method, String path) {
        return AccessLine.of(record(method, path), 200, 3, 1_234_567, AccessLine.End.COMPLETE);
    }

    @Test
    void lineWhenWrittenThenAllFieldsInTheirOrder() {
        assertThat(line("GET", "/a"))
                .isEqualTo("{\"time\":\"1970-01-01T00:00:00Z\",\"requestId\":\"id\",\"client\":\"203.0.113.9\","
                        + "\"method\":\"GET\",\"path\":\"/a\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes\":3,"
                        + "\"durationMillis\":1.234,\"end\":\"complete\"}");
    }

    @Test
    void lineWhenTextHasOddCharactersThenPrintableAsciiThatReadsBack() {
        String odd = "/\"\\\r\n\t\u0000\u001b[2J\u007f\u0085\u00e9\u2028\ud83d\ude00";
        String line = line("A\"", odd);
        JsonNode read = new JsonMapper().readTree(line);

        assertThat(line).matches("[ -~]+");
        assertThat(read.get("path").asString()).isEqualTo(odd);
        assertThat(read.get("method").asString()).isEqualTo("A\"");
    }

    @ParameterizedTest
    @CsvSource({
        "/a/pca_x/b,     /a/***/b",
        "/a/%70ca_x/b,   /a/***/b",
        "/pcr%5Fx,       /***",
        "/a=pct_x,       /***",
        "/%zz/pct_x,     /%zz/***",
        "/a%20b/pc/_x,   /a%20b/pc/_x"
    })
    void pathWhenItHasATokenThenItsSegmentIsReplaced(String path, String logged) {
        assertThat(line("GET", path)).contains("\"path\":\"" + logged + "\"");
    }

    @Test
    void pathWhenLongThenCut() {
        assertThat(line("GET", "/".repeat(10_000))).hasSizeLessThan(2_500);
    }
}
