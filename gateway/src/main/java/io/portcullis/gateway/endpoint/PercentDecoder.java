package io.portcullis.gateway.endpoint;

/**
 * Decodes percent-encoding (RFC 3986 section 2.1), also where a percent sign is itself encoded. Zeros inside of an encoded character
 * are skipped, because the text may be UTF-16. An escape that is not valid is passed on as it is.
 */
final class PercentDecoder implements TextSink {
    private static final int NONE = -2;
    private static final int BEGUN = -1;

    private final DecodedText decoded;
    /** The value of the first digit of an escape, or {@link #BEGUN} right after the percent sign, or {@link #NONE}. */
    private int escape = NONE;

    PercentDecoder(TextSink... next) {
        this.decoded = new DecodedText(next);
    }

    @Override
    public void accept(char[] piece, int length) {
        for (int i = 0; i < length; i++) {
            acceptNext(piece[i]);
        }
        decoded.flush();
    }

    private void acceptNext(char c) {
        if (escape == NONE) {
            acceptUnescaped(c);
        } else if (c != 0) {
            acceptEscaped(c, HexDigits.valueOf(c));
        }
    }

    private void acceptUnescaped(char c) {
        if (c == '%') {
            escape = BEGUN;
        } else {
            decoded.add(c);
        }
    }

    private void acceptEscaped(char c, int digit) {
        int first = escape;
        if (digit < 0) {
            escape = NONE;
            decoded.add('%');
            acceptUnescaped(c);
        } else if (first == BEGUN) {
            escape = digit;
        } else {
            escape = NONE;
            acceptUnescaped((char) (first << 4 | digit));
        }
    }

    @Override
    public void end() {
        escape = NONE;
        decoded.end();
    }
}
