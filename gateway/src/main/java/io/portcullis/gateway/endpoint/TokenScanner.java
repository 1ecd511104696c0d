package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.TokenKind;
import java.util.List;

/**
 * Collects every text that has the form of a token of this gateway out of text in any syntax: JSON, forms, multipart, cookies,
 * broken or not, in ASCII and its supersets, UTF-16 or UTF-32. A token is a run of the URL-safe base64 alphabet that contains the prefix of
 * a {@link TokenKind}. The scanner does not know how a text is encoded, so it reads each text in several ways side by side, and finds a
 * text that is a token in one of them:
 *
 * <pre>
 *   text = as it is | escaped(inner) | quoted-printable(inner) | base64(inner)
 *   inner = escaped | quoted-printable(escaped) | base64(escaped)
 * </pre>
 *
 * where <i>escaped</i> stands for percent-encoding and the escapes of JSON, also nested, or none.
 *
 * <p>The number of the readings is fixed, and each takes each character once. A token may be split over several calls.
 */
final class TokenScanner {
    private static final int PIECE = 512;

    private final FoundTokens found = new FoundTokens();
    private final char[] piece = new char[PIECE];
    private final boolean imported;
    private final List<TextSink> readings;

    /** @param imported whether texts that have the form of an imported token are found, too */
    TokenScanner(boolean imported) {
        this.imported = imported;
        this.readings = List.of(
                new TokenMatcher(found, imported),
                new PercentDecoder(new JsonEscapeDecoder(inner())),
                new QuotedPrintableDecoder(inner()),
                new Base64Decoder(inner()));
    }

    private TextSink[] inner() {
        return new TextSink[] {unescaped(), new QuotedPrintableDecoder(unescaped()), new Base64Decoder(unescaped())};
    }

    /** Percent-encoding may stand around the escapes of JSON (JSON in a form) and inside of them (a URL in JSON). */
    private TextSink unescaped() {
        return new PercentDecoder(new JsonEscapeDecoder(new PercentDecoder(new TokenMatcher(found, imported))));
    }

    /** Scans one complete text, such as a header's value. */
    void scanWhole(CharSequence text) {
        for (int start = 0; start < text.length(); start += PIECE) {
            int length = Math.min(PIECE, text.length() - start);
            for (int i = 0; i < length; i++) {
                piece[i] = text.charAt(start + i);
            }
            read(length);
        }
        endText();
    }

    /** Scans the next part of a body, which may end inside of a token. */
    void scanPart(byte[] part) {
        for (int start = 0; start < part.length; start += PIECE) {
            int length = Math.min(PIECE, part.length - start);
            for (int i = 0; i < length; i++) {
                piece[i] = (char) (part[start + i] & 0xff);
            }
            read(length);
        }
    }

    private void read(int length) {
        for (TextSink reading : readings) {
            reading.accept(piece, length);
        }
    }

    /** Ends the text that was scanned last. */
    void endText() {
        readings.forEach(TextSink::end);
    }

    /** Ends the text that was scanned last, and returns the distinct texts found so far, in the order in which they were found. */
    List<String> finish() {
        endText();
        return found.tokens();
    }

    /** Returns whether more texts were found than are kept, see {@link FoundTokens#overflows}. */
    boolean overflows() {
        return found.overflows();
    }
}
