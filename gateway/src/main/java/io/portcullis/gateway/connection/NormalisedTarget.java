package io.portcullis.gateway.connection;

import org.jspecify.annotations.Nullable;

/**
 * A request target in origin form (RFC 9112 section 3.2.1), or the reason why it has none.
 *
 * @param target path and query, in the characters of RFC 3986
 * @param authority the authority of a target in absolute form, null for a target in origin form
 * @param refusal the reason to refuse the target, null if it is accepted
 */
record NormalisedTarget(
        String target, @Nullable String authority, @Nullable Refusal refusal) {
    private static final String HEX = "0123456789ABCDEF";
    /** Characters that are illegal in a URI but that browsers and other clients send unencoded. */
    private static final String RAW_IN_QUERY = "\"<>\\^`{|}";

    private static final String RAW_IN_PATH = RAW_IN_QUERY + "[]";
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (char c = '!'; c < 0x7F; c++) {
            PLAIN[c] = c != '%' && c != '#' && RAW_IN_PATH.indexOf(c) < 0;
        }
    }

    /**
     * Normalises the target of a request line: percent-encodes illegal characters, and separates the authority of a target
     * in absolute form.
     *
     * @param text the target, one character for each byte
     */
    static NormalisedTarget of(String text) {
        if (isPlain(text)) {
            return new NormalisedTarget(text, null, null);
        }
        if (text.indexOf('#') >= 0) {
            return refused(Refusal.FRAGMENT);
        }
        return text.startsWith("/") ? encoded(text, null) : absolute(text);
    }

    /** Returns whether the target needs no change, as most targets do. */
    static boolean isPlain(String text) {
        if (text.isEmpty() || text.charAt(0) != '/') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= PLAIN.length || !PLAIN[c]) {
                return false;
            }
        }
        return true;
    }

    private static NormalisedTarget absolute(String text) {
        int start = afterScheme(text);
        if (start < 0) {
            return refused(Refusal.BAD_TARGET);
        }
        int end = start;
        while (end < text.length() && "/?".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String authority = text.substring(start, end);
        if (!HostField.isValid(authority)) {
            return refused(Refusal.BAD_HOST);
        }
        String rest = text.substring(end);
        return encoded(rest.startsWith("/") ? rest : "/" + rest, authority);
    }

    private static int afterScheme(String text) {
        for (String scheme : new String[] {"http://", "https://"}) {
            if (text.regionMatches(true, 0, scheme, 0, scheme.length())) {
                return scheme.length();
            }
        }
        return -1;
    }

    private static NormalisedTarget encoded(String text, @Nullable String authority) {
        int query = text.indexOf('?');
        int pathEnd = query < 0 ? text.length() : query;
        StringBuilder target = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7F || c > 0xFF || (c == '%' && i < pathEnd && !isEncoded(text, i))) {
                return refused(Refusal.BAD_TARGET);
            }
            boolean raw = c > 0x7F
                    || (i < pathEnd ? RAW_IN_PATH : RAW_IN_QUERY).indexOf(c) >= 0
                    || (c == '%' && !isEncoded(text, i));
            if (raw) {
                target.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                target.append(c);
            }
        }
        return new NormalisedTarget(target.toString(), authority, null);
    }

    private static boolean isEncoded(String text, int percent) {
        return percent + 2 < text.length() && isHex(text.charAt(percent + 1)) && isHex(text.charAt(percent + 2));
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    private static NormalisedTarget refused(Refusal refusal) {
        return new NormalisedTarget("", null, refusal);
    }
}
