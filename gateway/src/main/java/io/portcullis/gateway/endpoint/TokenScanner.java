package io.portcullis.gateway.endpoint;

import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * Collects every text that has the form of a token of this gateway out of text in any syntax: JSON, forms, multipart, cookies,
 * broken or not, in ASCII and its supersets, UTF-16 or UTF-32. A token is a run of the URL-safe base64 alphabet that contains the prefix of
 * a {@link TokenKind}. The scanner does not know how a text is encoded, so it reads each text in five ways side by side: as it is; with
 * percent-encoding and the escapes of JSON decoded, also nested; the same behind quoted-printable; the same behind base64; and the same behind
 * base64 that is itself percent-encoded or has escapes of JSON. It finds a text that is a token in one of these readings.
 *
 * <p>Each reading takes each character once, and a token may be split over several calls.
 */
final class TokenScanner {
    private final FoundTokens found = new FoundTokens();
    private final List<CharacterSink> readings = List.of(
            new TokenMatcher(found),
            unescaped(),
            new QuotedPrintableDecoder(unescaped()),
            new Base64Decoder(unescaped()),
            new PercentDecoder(new JsonEscapeDecoder(new Base64Decoder(unescaped()))));

    /** Percent-encoding may stand around the escapes of JSON (JSON in a form) and inside of them (a URL in JSON). */
    private CharacterSink unescaped() {
        return new PercentDecoder(new JsonEscapeDecoder(new PercentDecoder(new TokenMatcher(found))));
    }

    /** Scans one complete text, such as a header's value. */
    void scanWhole(CharSequence text) {
        for (CharacterSink reading : readings) {
            for (int i = 0; i < text.length(); i++) {
                reading.accept(text.charAt(i));
            }
        }
        endText();
    }

    /** Scans the next part of a body, which may end inside of a token. Does not release the buffer. */
    void scanPart(DataBuffer part) {
        int end = part.writePosition();
        for (CharacterSink reading : readings) {
            for (int i = part.readPosition(); i < end; i++) {
                reading.accept((char) (part.getByte(i) & 0xff));
            }
        }
    }

    /** Scans the next part of a body. */
    void scanPart(byte[] part) {
        for (CharacterSink reading : readings) {
            for (byte each : part) {
                reading.accept((char) (each & 0xff));
            }
        }
    }

    /** Ends the text that was scanned last. */
    void endText() {
        readings.forEach(CharacterSink::end);
    }

    /** Ends the text that was scanned last, and returns the distinct texts found so far, in the order of their appearance. */
    List<String> finish() {
        endText();
        return found.tokens();
    }

    /** Returns whether there were more than a hundred distinct texts, of which only the first hundred are kept. */
    boolean overflows() {
        return found.overflows();
    }
}
