package io.portcullis.gateway.cookie;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Represents an origin (RFC 6454), normalised so that equal origins are equal records.
 *
 * @param scheme the scheme in lower case
 * @param host the host in lower case; an internationalised name in its ASCII form, an IPv6 address in brackets
 * @param port the port, also if it is the scheme's default
 */
record Origin(String scheme, String host, int port) {
    private static final int MAX_LENGTH = 300;
    private static final int MAX_PORT = 65_535;
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

    /** Returns the origin that a value of the header {@code Origin} names; null for {@code null} and for any other text. */
    static @Nullable Origin parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        int port = matcher.group(3) == null ? defaultPort(scheme) : Integer.parseInt(matcher.group(3));
        return port < 1 || port > MAX_PORT
                ? null
                : new Origin(scheme, matcher.group(2).toLowerCase(Locale.ROOT), port);
    }

    /**
     * Returns the origin of a configured value, whose host may be written with characters beyond ASCII; null if it is no origin.
     * Reads a table from the class path on first use, so it must not run on an event loop.
     */
    static @Nullable Origin parseConfigured(String text) {
        int host = text.indexOf("://") + 3;
        if (host < 3 || text.length() > MAX_LENGTH || text.indexOf('/', host) >= 0) {
            return null;
        }
        int end = text.startsWith("[", host) ? text.length() : text.indexOf(':', host);
        end = end < 0 ? text.length() : end;
        try {
            String name = text.substring(host, end);
            String ascii = name.startsWith("[") ? name : IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
            return parse(text.substring(0, host) + ascii + text.substring(end));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http" -> 80;
            case "https" -> 443;
            default -> 0;
        };
    }
}
