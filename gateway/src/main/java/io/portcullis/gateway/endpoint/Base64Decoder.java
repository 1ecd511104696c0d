package io.portcullis.gateway.endpoint;

/**
 * Decodes each run of base64 (RFC 4648, either alphabet) from its first character on: parts of multipart bodies, credentials of the
 * Basic scheme, encoded words in headers. Line breaks do not end a run, but an empty line does.
 */
final class Base64Decoder implements TextSink {
    private static final int NOT_BASE64 = -1;

    private final DecodedText decoded;
    private int bits;
    private int value;
    private int lineBreaks;

    Base64Decoder(TextSink... next) {
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
        int sextet = sextet(c);
        if (sextet != NOT_BASE64) {
            append(sextet);
        } else if (c == '\n') {
            lineBreaks++;
            if (lineBreaks > 1) {
                endRun();
            }
        } else if (c != '\r' && c != 0) {
            endRun();
        }
    }

    private void append(int sextet) {
        lineBreaks = 0;
        value = value << 6 | sextet;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            decoded.add((char) (value >> bits & 0xff));
        }
    }

    private void endRun() {
        bits = 0;
        decoded.separate();
    }

    @Override
    public void end() {
        bits = 0;
        lineBreaks = 0;
        decoded.end();
    }

    private static int sextet(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return switch (c) {
            case '+', '-' -> 62;
            case '/', '_' -> 63;
            default -> NOT_BASE64;
        };
    }
}
