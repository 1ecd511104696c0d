package io.portcullis.gateway.authentication;

import java.util.Locale;
import java.util.Set;

/** Recognises responses of services that try to set or clear the gateway's own cookies. */
public final class GatewayCookies {
    private static final Set<String> NAMES = Set.of(
            TokenSources.ACCESS_COOKIE,
            TokenSources.REFRESH_COOKIE,
            "__host-portcullis_access",
            "__host-portcullis_refresh");

    private GatewayCookies() {}

    /** Returns whether a value of {@code Set-Cookie} sets or clears a cookie of the gateway. The name's case does not count. */
    public static boolean isSetBy(CharSequence setCookie) {
        String text = setCookie.toString();
        int start = 0;
        // Browsers send a cookie with an empty name as its bare value, so "=name=value" would come back as
        // "name=value".
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
