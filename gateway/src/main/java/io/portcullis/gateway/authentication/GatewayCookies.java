package io.portcullis.gateway.authentication;

import java.util.Locale;
import java.util.Set;

/** The names of the gateway's cookies, which no service may set or clear. */
public final class GatewayCookies {
    private static final Set<String> NAMES = Set.of(
            TokenSources.ACCESS_COOKIE,
            TokenSources.REFRESH_COOKIE,
            "__host-portcullis_access",
            "__host-portcullis_refresh");

    private GatewayCookies() {}

    /** Whether a value of {@code Set-Cookie} sets or clears one of them, in any case. */
    public static boolean isSetBy(CharSequence setCookie) {
        String text = setCookie.toString();
        int start = 0;
        // A browser sends a cookie without a name as its value alone, which may look like another cookie.
        while (start < text.length() && (text.charAt(start) == '=' || text.charAt(start) <= ' ')) {
            start++;
        }
        int end = start;
        while (end < text.length() && "=;".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return NAMES.contains(text.substring(start, end).strip().toLowerCase(Locale.ROOT));
    }
}
