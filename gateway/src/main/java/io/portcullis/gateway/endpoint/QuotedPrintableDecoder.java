package io.portcullis.gateway.endpoint;

/** Decodes quoted-printable text (RFC 2045 section 6.7), as parts of multipart bodies may be. An escape that is not valid is passed on. */
final class QuotedPrintableDecoder implements CharacterSink {
    private enum State {
        TEXT,
        ESCAPE,
        SECOND_DIGIT,
        SOFT_BREAK
    }

    private final CharacterSink next;
    private State state = State.TEXT;
    private char firstDigit;

    QuotedPrintableDecoder(CharacterSink next) {
        this.next = next;
    }

    @Override
    public void accept(char c) {
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
            next.accept(c);
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
            next.accept((char) (HexDigits.valueOf(firstDigit) << 4 | digit));
        } else {
            next.accept('=');
            next.accept(firstDigit);
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
            next.accept('=');
            acceptText(c);
        }
    }

    @Override
    public void end() {
        state = State.TEXT;
        next.end();
    }
}
