package io.portcullis.gateway.endpoint;

/**
 * Decodes percent-encoding (RFC 3986 section 2.1), also where a percent sign is itself encoded. Zeros inside of an encoded character
 * are skipped, because the text may be UTF-16. An escape that is not valid is passed on as it is.
 */
final class PercentDecoder implements CharacterSink {
    private static final int NONE = -2;
    private static final int BEGUN = -1;

    private final CharacterSink next;
    /** The value of the first digit of an escape, or {@link #BEGUN} right after the percent sign, or {@link #NONE}. */
    private int escape = NONE;

    PercentDecoder(CharacterSink next) {
        this.next = next;
    }

    @Override
    public void accept(char c) {
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
            next.accept(c);
        }
    }

    private void acceptEscaped(char c, int digit) {
        int first = escape;
        if (digit < 0) {
            escape = NONE;
            next.accept('%');
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
        next.end();
    }
}
