package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.authentication.TokenSources;
import org.jspecify.annotations.Nullable;

/**
 * A request target that gateway and service cannot interpret differently: the path has no encoded, empty, or dot segment, and
 * the query has no percent-encoded parameter names.
 *
 * @param path the path, without the query
 * @param query the query with its question mark, empty if there is none
 */
record RequestTarget(String path, String query) {
    /** Path characters of RFC 3986 section 3.3, without the percent sign and the semicolon. */
    private static final boolean[] PLAIN = characters("-._~!$&'()*+,=:@/");
    /** Query characters of RFC 3986 section 3.4. Values may be percent-encoded, names may not. */
    private static final boolean[] VALUE = characters("-._~!$'()*+,;:@/?%");

    private static boolean[] characters(String others) {
        boolean[] all = new boolean[128];
        for (char c = '0'; c <= 'z'; c++) {
            all[c] = Character.isLetterOrDigit(c);
        }
        others.chars().forEach(c -> all[c] = true);
        return all;
    }

    /**
     * Parses a request target. Returns null if the target does not have this form, whether valid or not, or if the query
     * may contain a token or a ticket.
     */
    static @Nullable RequestTarget parse(String target) {
        int end = target.indexOf('?');
        int length = end < 0 ? target.length() : end;
        if (!isPlainPath(target, length) || (end >= 0 && !isPlainQuery(target, end + 1))) {
            return null;
        }
        return end < 0
                ? new RequestTarget(target, "")
                : new RequestTarget(target.substring(0, end), target.substring(end));
    }

    /** Returns a target with the given path and the same query. Returns null if the path does not have this form. */
    @Nullable
    RequestTarget withPath(String other) {
        if (other.equals(path)) {
            return this;
        }
        return isPlainPath(other, other.length()) ? new RequestTarget(other, query) : null;
    }

    private static boolean isPlainPath(String target, int end) {
        if (end == 0 || target.charAt(0) != '/') {
            return false;
        }
        char before = ' ';
        for (int i = 0; i < end; i++) {
            char c = target.charAt(i);
            boolean beginsOddSegment = before == '/' && (c == '/' || c == '.');
            if (c >= PLAIN.length || !PLAIN[c] || beginsOddSegment) {
                return false;
            }
            before = c;
        }
        return true;
    }

    /** Returns true if the query from {@code start} on has this form. Runs in linear time. */
    static boolean isPlainQuery(CharSequence target, int start) {
        int name = start;
        while (name <= target.length()) {
            int end = indexOf(target, '&', name, target.length());
            if (!isPlainPair(target, name, end)) {
                return false;
            }
            name = end + 1;
        }
        return true;
    }

    private static boolean isPlainPair(CharSequence target, int start, int end) {
        // Search within this pair only; a search up to the end of the target would make parsing quadratic.
        int nameEnd = indexOf(target, '=', start, end);
        if (isToken(target, start, nameEnd)) {
            return false;
        }
        for (int i = start; i < end; i++) {
            char c = target.charAt(i);
            if (i == nameEnd) {
                continue;
            }
            boolean bad = c >= VALUE.length || !VALUE[c] || (c == '%' && (i < nameEnd || !isEncoded(target, i, end)));
            if (bad) {
                return false;
            }
        }
        return true;
    }

    /** Returns the first position of the character in the range, or {@code end} if it does not occur. */
    private static int indexOf(CharSequence text, char wanted, int start, int end) {
        int at = start;
        while (at < end && text.charAt(at) != wanted) {
            at++;
        }
        return at;
    }

    private static boolean isToken(CharSequence target, int start, int end) {
        return isName(TokenSources.PARAMETER, target, start, end)
                || isName(TokenSources.TICKET_PARAMETER, target, start, end);
    }

    private static boolean isName(String name, CharSequence target, int start, int end) {
        return end - start == name.length() && name.contentEquals(target.subSequence(start, end));
    }

    private static boolean isEncoded(CharSequence target, int percent, int end) {
        return percent + 2 < end
                && Character.digit(target.charAt(percent + 1), 16) >= 0
                && Character.digit(target.charAt(percent + 2), 16) >= 0;
    }
}
