package io.portcullis.gateway.endpoint;

/**
 * Decodes the escapes of JSON strings (RFC 8259 section 7), also those of JSON that is itself the string of a JSON text. A backslash that
 * is escaped by its number is passed on, for a next step. Zeros inside of an escape are skipped, because the text may be UTF-16. An escape
 * that is not valid is passed on, without its digits.
 */
final class JsonEscapeDecoder implements TextSink {
    private static final int NONE = -2;
    private static final int BACKSLASH = -1;
    private static final int DIGITS = 4;

    private final DecodedText decoded;
    /** How many digits of {@code \\uXXXX} have been read, or {@link #BACKSLASH} right after it, or {@link #NONE}. */
    private int digits = NONE;

    private int value;

    JsonEscapeDecoder(TextSink... next) {
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
        if (digits == NONE) {
            acceptUnescaped(c);
        } else if (c != 0) {
            acceptEscaped(c);
        }
    }

    private void acceptUnescaped(char c) {
        if (c == '\\') {
            digits = BACKSLASH;
        } else {
            decoded.add(c);
        }
    }

    private void acceptEscaped(char c) {
        if (digits == BACKSLASH) {
            acceptAfterBackslash(c);
        } else {
            acceptDigit(c, HexDigits.valueOf(c));
        }
    }

    private void acceptAfterBackslash(char c) {
        if (c == 'u') {
            digits = 0;
            value = 0;
        } else if (c != '\\') {
            digits = NONE;
            acceptShort(c);
        }
    }

    /** A solidus and a line break are decoded, because base64 may contain them. The other short escapes only end a run of characters. */
    private void acceptShort(char c) {
        switch (c) {
            case '/' -> decoded.add('/');
            case 'n' -> decoded.add('\n');
            case 'r' -> decoded.add('\r');
            case 'b', 'f', 't' -> decoded.add('\\');
            default -> {
                decoded.add('\\');
                decoded.add(c);
            }
        }
    }

    private void acceptDigit(char c, int digit) {
        if (digit < 0) {
            digits = NONE;
            decoded.add('\\');
            acceptUnescaped(c);
            return;
        }
        value = value << 4 | digit;
        digits++;
        if (digits == DIGITS) {
            digits = NONE;
            decoded.add((char) value);
        }
    }

    @Override
    public void end() {
        digits = NONE;
        decoded.end();
    }
}
