package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.TokenKind;

/**
 * The last step of a reading: finds the tokens in its characters. A token is a run of the URL-safe base64 alphabet that begins with
 * the prefix of a {@link TokenKind} and has the length of a token; it ends where the run ends, and the run may begin with other text,
 * such as the name of a field.
 *
 * <p>In UTF-16 and UTF-32 one or three zero bytes stand beside each byte of a token. Zeros therefore do not end a run. But a token may
 * end at each zero, and wherever the number of zeros between two characters changes: there the next character may be a byte of a
 * character beyond ASCII.
 */
final class TokenMatcher implements CharacterSink {
    /** The lengths that tokens have: of the first format, then access and refresh tokens. */
    private static final int FIRST_FORMAT = 64;

    private static final int ACCESS = 84;
    private static final int REFRESH = 88;
    private static final int MAX_KEPT = 256;

    private final FoundTokens found;
    private final StringBuilder run = new StringBuilder(MAX_KEPT);
    private int zeros;
    private int zerosBeforeLast;

    TokenMatcher(FoundTokens found) {
        this.found = found;
    }

    @Override
    public void accept(char c) {
        if (c == 0) {
            findEnding();
            zeros++;
        } else if (isTokenCharacter(c)) {
            append(c);
        } else {
            end();
        }
    }

    private void append(char c) {
        if (zeros != zerosBeforeLast) {
            findEnding();
            zerosBeforeLast = zeros;
        }
        zeros = 0;
        if (run.length() == MAX_KEPT) {
            run.delete(0, MAX_KEPT - REFRESH);
        }
        run.append(c);
    }

    @Override
    public void end() {
        findEnding();
        run.setLength(0);
        zeros = 0;
        zerosBeforeLast = 0;
    }

    private void findEnding() {
        if (run.length() >= FIRST_FORMAT) {
            addIfToken(FIRST_FORMAT, TokenKind.ACCESS);
            addIfToken(FIRST_FORMAT, TokenKind.REFRESH);
            addIfToken(ACCESS, TokenKind.ACCESS);
            addIfToken(REFRESH, TokenKind.REFRESH);
        }
    }

    private void addIfToken(int length, TokenKind kind) {
        int start = run.length() - length;
        if (start < 0) {
            return;
        }
        String prefix = kind.prefix();
        for (int i = 0; i < prefix.length(); i++) {
            if (run.charAt(start + i) != prefix.charAt(i)) {
                return;
            }
        }
        found.add(run.substring(start));
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
