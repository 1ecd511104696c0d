package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.TokenKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * Collects every text that has the form of a token of this gateway out of text in any syntax: JSON, forms, multipart, cookies,
 * broken or not. A token is a run of the URL-safe base64 alphabet that contains the prefix of a {@link TokenKind}; percent-encoded
 * characters are decoded first. The scanner reads each character once, and a token may be split over several calls.
 */
final class TokenScanner {
    /** The lengths that tokens have: of the first format, access tokens, refresh tokens. */
    private static final int[] LENGTHS = {64, 84, 88};

    private static final int MAX_LENGTH = 256;
    /** A request with more texts of a token's form is no logout; see {@link #overflows}. */
    private static final int MAX_FOUND = 100;

    private static final int NO_ESCAPE = -1;
    private static final int ESCAPE_BEGUN = 16;

    private final Set<String> found = new LinkedHashSet<>();
    private final StringBuilder run = new StringBuilder(MAX_LENGTH);
    private boolean overlong;
    private boolean overflows;
    /** The first hex digit of an escape, {@link #ESCAPE_BEGUN} right after the percent sign, else {@link #NO_ESCAPE}. */
    private int escape = NO_ESCAPE;

    /** Scans one complete text, such as a header's value. */
    void scanWhole(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            accept(text.charAt(i));
        }
        endRun();
    }

    /** Scans the next part of a body, which may end inside of a token. Does not release the buffer. */
    void scanPart(DataBuffer part) {
        int end = part.writePosition();
        for (int i = part.readPosition(); i < end; i++) {
            accept((char) (part.getByte(i) & 0xff));
        }
    }

    /** Ends the text that was scanned last, and returns the distinct texts found so far, in the order of their appearance. */
    List<String> finish() {
        endRun();
        return List.copyOf(found);
    }

    private void accept(char c) {
        if (escape == NO_ESCAPE) {
            acceptUnescaped(c);
            return;
        }
        int digit = Character.digit(c, 16);
        if (digit < 0) {
            escape = NO_ESCAPE;
            endRun();
            acceptUnescaped(c);
        } else if (escape == ESCAPE_BEGUN) {
            escape = digit;
        } else {
            char decoded = (char) (escape << 4 | digit);
            escape = NO_ESCAPE;
            extend(decoded);
        }
    }

    private void acceptUnescaped(char c) {
        if (c == '%') {
            escape = ESCAPE_BEGUN;
        } else {
            extend(c);
        }
    }

    private void extend(char c) {
        if (!isTokenCharacter(c)) {
            endRun();
        } else if (run.length() == MAX_LENGTH) {
            overlong = true;
        } else {
            run.append(c);
        }
    }

    private void endRun() {
        escape = NO_ESCAPE;
        if (!overlong) {
            for (TokenKind kind : TokenKind.values()) {
                addEnding(kind.prefix());
            }
        }
        run.setLength(0);
        overlong = false;
    }

    /** A run may begin with the name of a field; a token ends where its run ends. */
    private void addEnding(String prefix) {
        for (int length : LENGTHS) {
            int start = run.length() - length;
            if (start >= 0 && run.indexOf(prefix, start) == start) {
                add(run.substring(start));
            }
        }
    }

    private void add(String token) {
        if (found.size() < MAX_FOUND) {
            found.add(token);
        } else {
            overflows |= !found.contains(token);
        }
    }

    /** Whether there were more than a hundred distinct texts, of which only the first hundred are kept. */
    boolean overflows() {
        return overflows;
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
