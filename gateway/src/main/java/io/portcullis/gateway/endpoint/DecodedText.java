package io.portcullis.gateway.endpoint;

/** Collects the characters that a step of a reading decodes, and passes them in pieces to one or more next steps. */
final class DecodedText {
    private static final int PIECE = 128;
    /** Ends whatever a next step is reading, since it is part of no token, no escape and no base64. */
    private static final char SEPARATOR = '\u0001';

    private final TextSink[] next;
    private final char[] piece = new char[PIECE];
    private int length;
    private boolean separated = true;

    DecodedText(TextSink... next) {
        this.next = next;
    }

    void add(char c) {
        append(c);
        separated = false;
    }

    /** Separates what follows from what was added before. */
    void separate() {
        if (!separated) {
            append(SEPARATOR);
            separated = true;
        }
    }

    private void append(char c) {
        if (length == PIECE) {
            flush();
        }
        piece[length] = c;
        length++;
    }

    /** Passes on the characters that were added. A step calls it at the end of each piece. */
    void flush() {
        if (length > 0) {
            for (TextSink each : next) {
                each.accept(piece, length);
            }
            length = 0;
        }
    }

    /** Passes on the characters that were added, and ends the text. */
    void end() {
        flush();
        separated = true;
        for (TextSink each : next) {
            each.end();
        }
    }
}
