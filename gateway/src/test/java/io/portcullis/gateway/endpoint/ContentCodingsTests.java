package io.portcullis.gateway.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class ContentCodingsTests {
    private static final byte[] TEXT = "some text".getBytes(UTF_8);

    private static ContentCodings codings(String... values) {
        HttpHeaders headers = new HttpHeaders();
        Arrays.stream(values).forEach(value -> headers.add(HttpHeaders.CONTENT_ENCODING, value));
        return ContentCodings.of(headers);
    }

    private static byte[] gzip(byte[] text) throws IOException {
        var target = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(target)) {
            gzip.write(text);
        }
        return target.toByteArray();
    }

    private static byte[] deflate(byte[] text, boolean raw) throws IOException {
        var target = new ByteArrayOutputStream();
        try (OutputStream deflate = new DeflaterOutputStream(target, new Deflater(6, raw))) {
            deflate.write(text);
        }
        return target.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static void assertDecoded(DecodedBody body, DecodedBody.Outcome outcome, byte[] bytes) {
        assertThat(body.outcome()).isEqualTo(outcome);
        assertThat(body.bytes()).isEqualTo(bytes);
    }

    @Test
    void decodeWhenGzipOrDeflateThenText() throws IOException {
        assertDecoded(codings("gzip").decode(gzip(TEXT)), DecodedBody.Outcome.WHOLE, TEXT);
        assertDecoded(codings("X-Gzip").decode(gzip(TEXT)), DecodedBody.Outcome.WHOLE, TEXT);
        assertDecoded(codings("deflate").decode(deflate(TEXT, false)), DecodedBody.Outcome.WHOLE, TEXT);
        assertDecoded(codings("deflate").decode(deflate(TEXT, true)), DecodedBody.Outcome.WHOLE, TEXT);
    }

    @Test
    void decodeWhenGzipHasAllFieldsAndTwoMembersThenText() throws IOException {
        byte[] plain = gzip(TEXT);
        byte[] header = {0x1f, (byte) 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3, 2, 0, 1, 1, 'n', 0, 'c', 0, 9, 9};
        byte[] full = join(header, Arrays.copyOfRange(plain, 10, plain.length));

        assertDecoded(codings("gzip").decode(join(full, plain)), DecodedBody.Outcome.WHOLE, join(TEXT, TEXT));
    }

    @Test
    void decodeWhenBrokenThenTheTextInFrontOfThatIsKept() throws IOException {
        byte[] whole = gzip(TEXT);
        for (int length = 0; length < whole.length; length++) {
            DecodedBody body = codings("gzip").decode(Arrays.copyOf(whole, length));
            assertThat(body.outcome()).as("length %d", length).isEqualTo(DecodedBody.Outcome.BROKEN);
        }
        assertDecoded(codings("gzip").decode(join(whole, TEXT)), DecodedBody.Outcome.BROKEN, TEXT);
        assertThat(codings("gzip").decode(TEXT).outcome()).isEqualTo(DecodedBody.Outcome.BROKEN);
        assertThat(codings("deflate").decode(TEXT).outcome()).isEqualTo(DecodedBody.Outcome.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void decodeWhenBytesFollowADeflateStreamThenBroken(boolean raw) throws IOException {
        byte[] two = join(deflate(TEXT, raw), deflate(TEXT, raw));

        assertDecoded(codings("deflate").decode(two), DecodedBody.Outcome.BROKEN, TEXT);
    }

    @Test
    void decodeWhenGzipHasTooManyMembersThenOverlong() throws IOException {
        byte[] members = new byte[0];
        for (int i = 0; i < 64; i++) {
            members = join(members, gzip(new byte[0]));
        }

        assertDecoded(codings("gzip").decode(members), DecodedBody.Outcome.WHOLE, new byte[0]);
        assertThat(codings("gzip").decode(join(members, gzip(new byte[0]))).outcome())
                .isEqualTo(DecodedBody.Outcome.OVERLONG);
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 20_000, 262_000})
    void decodeWhenMoreThanSixteenTimesTheSizeThenOverlong(int length) throws IOException {
        byte[] bomb = gzip(new byte[length]);
        int limit = 16 * bomb.length + 1024;

        assertDecoded(codings("gzip").decode(bomb), DecodedBody.Outcome.OVERLONG, new byte[limit]);
        assertThat(limit).isLessThan(length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip                         | true",
                "identity, GZIP               | true",
                "br                           | false",
                "gzip, zstd                   | false",
                "gzip, gzip                   | false",
                "deflate, gzip                | false"
            })
    void areDecodedWhenCodingsThenOnlyKnownOnesAndFew(String value, boolean decoded) {
        assertThat(codings(value).areDecoded()).isEqualTo(decoded);
    }

    @Test
    void isEmptyWhenNoneOrIdentityThenTrue() {
        assertThat(codings().isEmpty()).isTrue();
        assertThat(codings("identity", " , ").isEmpty()).isTrue();
    }
}
