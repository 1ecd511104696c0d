package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;

/**
 * The last step of a reading: finds the tokens in its characters. A token is a run of the URL-safe base64 alphabet that begins with
 * the prefix of a {@link TokenKind} and has the length of a token; it ends where the run ends, and the run may begin with other text,
 * such as the name of a field.
 *
 * <p>In UTF-16 and UTF-32 one or three zero bytes stand beside each byte of a token. Zeros therefore do not end a run. But a token may
 * end wherever the number of zeros between two characters changes, because the next character may be a byte of a character beyond
 * ASCII.
 */
final class TokenMatcher implements TextSink {
    /** The lengths that tokens have: of the first format, then access and refresh tokens. */
    private static final int FIRST_FORMAT = 64;

    private static final int ACCESS = 84;
    private static final int REFRESH = 88;
    private static final int MAX_KEPT = 256;

    private static final int IMPORTED = 32;

    private final FoundTokens found;
    private final boolean imported;
    private final StringBuilder run = new StringBuilder(MAX_KEPT);
    private int zeros;
    private int zerosBeforeLast;

    /** @param imported whether runs that have the form of an imported token are found, too */
    TokenMatcher(FoundTokens found, boolean imported) {
        this.found = found;
        this.imported = imported;
    }

    @Override
    public void accept(char[] piece, int length) {
        for (int i = 0; i < length; i++) {
            acceptNext(piece[i]);
        }
    }

    private void acceptNext(char c) {
        if (c == 0) {
            zeros++;
        } else if (isTokenCharacter(c)) {
            append(c);
        } else {
            end();
        }
    }

    private void append(char c) {
        if (zeros != zerosBeforeLast) {
            findEndings();
            zerosBeforeLast = zeros;
        }
        zeros = 0;
        if (run.length() == MAX_KEPT) {
            run.delete(0, MAX_KEPT - REFRESH - 1);
        }
        run.append(c);
    }

    @Override
    public void end() {
        findEndings();
        findImported();
        run.setLength(0);
        zeros = 0;
        zerosBeforeLast = 0;
    }

    /** In little-endian text the last character may be the first byte of a character beyond ASCII. */
    private void findEndings() {
        findEnding(run.length());
        if (zerosBeforeLast > 0) {
            findEnding(run.length() - 1);
        }
    }

    /** An imported token has no prefix, so it must be the whole run. */
    private void findImported() {
        if (imported && run.length() == IMPORTED && TokenCodec.hasImportedForm(run.toString())) {
            found.add(run, 0, IMPORTED);
        }
    }

    private void findEnding(int end) {
        if (end >= FIRST_FORMAT) {
            addIfToken(end - FIRST_FORMAT, end, TokenKind.ACCESS);
            addIfToken(end - FIRST_FORMAT, end, TokenKind.REFRESH);
            addIfToken(end - ACCESS, end, TokenKind.ACCESS);
            addIfToken(end - REFRESH, end, TokenKind.REFRESH);
        }
    }

    private void addIfToken(int start, int end, TokenKind kind) {
        if (start < 0) {
            return;
        }
        String prefix = kind.prefix();
        for (int i = 0; i < prefix.length(); i++) {
            if (run.charAt(start + i) != prefix.charAt(i)) {
                return;
            }
        }
        found.add(run, start, end);
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
