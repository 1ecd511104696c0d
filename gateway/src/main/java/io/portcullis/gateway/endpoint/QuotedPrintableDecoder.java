package io.portcullis.gateway.endpoint;

/** Decodes quoted-printable text (RFC 2045 section 6.7), as parts of multipart bodies may be. An escape that is not valid is passed on. */
final class QuotedPrintableDecoder implements TextSink {
    private enum State {
        TEXT,
        ESCAPE,
        SECOND_DIGIT,
        SOFT_BREAK
    }

    private final DecodedText decoded;
    private State state = State.TEXT;
    private char firstDigit;

    QuotedPrintableDecoder(TextSink... next) {
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
        switch (state) {
            case TEXT -> acceptText(c);
            case ESCAPE -> acceptEscape(c);
            case SECOND_DIGIT -> acceptSecondDigit(c);
            case SOFT_BREAK -> acceptSoftBreak(c);
        }
    }

    private void acceptText(char c) {
        if (c == '=') {
            state = State.ESCAPE;
        } else {
            decoded.add(c);
        }
    }

    private void acceptEscape(char c) {
        if (HexDigits.valueOf(c) >= 0) {
            firstDigit = c;
            state = State.SECOND_DIGIT;
        } else {
            acceptSoftBreak(c);
        }
    }

    private void acceptSecondDigit(char c) {
        int digit = HexDigits.valueOf(c);
        state = State.TEXT;
        if (digit >= 0) {
            decoded.add((char) (HexDigits.valueOf(firstDigit) << 4 | digit));
        } else {
            decoded.add('=');
            decoded.add(firstDigit);
            acceptText(c);
        }
    }

    /** An equals sign at the end of a line, which white space may follow, continues the line. */
    private void acceptSoftBreak(char c) {
        if (c == '\n') {
            state = State.TEXT;
        } else if (c == '\r' || c == ' ' || c == '\t') {
            state = State.SOFT_BREAK;
        } else {
            state = State.TEXT;
            decoded.add('=');
            acceptText(c);
        }
    }

    @Override
    public void end() {
        state = State.TEXT;
        decoded.end();
    }
}
