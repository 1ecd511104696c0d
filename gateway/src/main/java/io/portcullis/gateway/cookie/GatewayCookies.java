package io.portcullis.gateway.cookie;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds and removes the gateway's own cookies in the headers {@code Cookie} and {@code Set-Cookie}. */
public final class GatewayCookies {
    /** The prefix {@code __Host-} lets only the gateway's own host set the cookie (RFC 6265bis section 4.1.3.2). */
    public static final String ACCESS = "__Host-portcullis_access";

    public static final String REFRESH = "__Host-portcullis_refresh";

    /** The names of all pairs, and the names without a prefix that earlier versions used, in lower case. */
    private static final Set<String> NAMES = Set.of(
            "portcullis_access",
            "portcullis_refresh",
            "__host-portcullis_access",
            "__host-portcullis_refresh",
            "__secure-portcullis_console_access",
            "__secure-portcullis_console_refresh");

    /** The last visible character of ASCII. */
    private static final char LAST_VISIBLE = '~';

    /** Part of each of the names. */
    private static final String MARK = "portcullis_";

    /** The number of cookies with one name that are considered. More than one was planted by something else. */
    private static final int MAX_CANDIDATES = 4;
    /** Longer than each token. */
    private static final int MAX_LENGTH = 128;

    private static final String ACCESS_PREFIX = "pca_";
    private static final String REFRESH_PREFIX = "pcr_";

    private GatewayCookies() {}

    /** Returns whether a value of {@code Cookie} may contain a cookie of the gateway. May be true for another cookie. */
    public static boolean mayBeIn(CharSequence cookies) {
        String text = cookies.toString();
        for (int i = text.indexOf('_'); i >= 0; i = text.indexOf('_', i + 1)) {
            if (endsWithMark(text, i)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the mark ends at {@code last}, if characters that are no part of a name are left out. */
    private static boolean endsWithMark(String text, int last) {
        int left = MARK.length();
        for (int i = last; i >= 0 && left > 0; i--) {
            char c = text.charAt(i);
            if (isPartOfName(c)) {
                if (Character.toLowerCase(c) != MARK.charAt(left - 1)) {
                    return false;
                }
                left--;
            }
        }
        return left == 0;
    }

    private static boolean isPartOfName(char c) {
        return c > ' ' && c <= LAST_VISIBLE && c != '"';
    }

    /**
     * Returns the texts with the form of an access token in the cookies for it, at most four, in the order of the request. Empty
     * and other texts are skipped, because the browser may hold cookies that the gateway never set.
     *
     * @param cookies the values of {@code Cookie}
     */
    public static List<String> accessTokens(List<String> cookies) {
        return accessTokens(cookies, ACCESS);
    }

    /** Returns the access tokens in the cookies with this name, as {@link #accessTokens(List)} does. */
    static List<String> accessTokens(List<String> cookies, String name) {
        return find(cookies, name, ACCESS_PREFIX);
    }

    /** Returns the texts with the form of a refresh token in the cookies for it, as {@link #accessTokens(List)} does. */
    public static List<String> refreshTokens(List<String> cookies) {
        return refreshTokens(cookies, REFRESH);
    }

    /** Returns the refresh tokens in the cookies with this name, as {@link #accessTokens(List)} does. */
    static List<String> refreshTokens(List<String> cookies, String name) {
        return find(cookies, name, REFRESH_PREFIX);
    }

    private static List<String> find(List<String> cookies, String name, String prefix) {
        List<String> found = List.of();
        for (int i = 0; i < cookies.size(); i++) {
            String text = cookies.get(i);
            for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length())) {
                String value = valueAt(text, at, name.length());
                if (value != null && value.startsWith(prefix) && !found.contains(value)) {
                    found = found.isEmpty() ? new ArrayList<>(1) : found;
                    found.add(value);
                    if (found.size() == MAX_CANDIDATES) {
                        return found;
                    }
                }
            }
        }
        return found;
    }

    /** Returns the value of the cookie whose name begins at {@code start}; null if no cookie of this name begins there. */
    private static @Nullable String valueAt(String text, int start, int nameLength) {
        int before = start - 1;
        while (before >= 0 && text.charAt(before) == ' ') {
            before--;
        }
        int equals = start + nameLength;
        if ((before >= 0 && text.charAt(before) != ';') || equals >= text.length() || text.charAt(equals) != '=') {
            return null;
        }
        int end = text.indexOf(';', equals);
        end = end < 0 ? text.length() : end;
        return end - equals > MAX_LENGTH
                ? null
                : text.substring(equals + 1, end).strip();
    }

    /** Returns a value of {@code Cookie} without the gateway's cookies; null if no other cookie is in it. */
    public static @Nullable String without(String cookies) {
        if (!mayBeIn(cookies)) {
            return cookies;
        }
        StringBuilder kept = new StringBuilder(cookies.length());
        for (String pair : cookies.split(";", -1)) {
            String stripped = pair.strip();
            if (!stripped.isEmpty() && !isOwn(stripped)) {
                kept.append(kept.isEmpty() ? "" : "; ").append(stripped);
            }
        }
        return kept.isEmpty() ? null : kept.toString();
    }

    /** Returns whether a value of {@code Set-Cookie} sets or clears a cookie of the gateway. The name's case does not count. */
    public static boolean isSetBy(CharSequence setCookie) {
        return isOwn(setCookie.toString());
    }

    /** Compares the name without the characters that are no part of a name, because parsers differ in which they ignore. */
    private static boolean isOwn(String text) {
        StringBuilder name = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Browsers send a cookie with an empty name as its bare value, so "=name=value" would come back as
            // "name=value".
            if (c == ';' || (c == '=' && !name.isEmpty())) {
                break;
            }
            if (isPartOfName(c) && c != '=') {
                name.append(c);
            }
        }
        return NAMES.contains(name.toString().toLowerCase(Locale.ROOT));
    }
}
