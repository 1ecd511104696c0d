package io.portcullis.gateway.origin;

import java.net.IDN;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Represents an origin (RFC 6454), normalised so that equal origins are equal records.
 *
 * @param scheme the scheme in lower case
 * @param host the host in lower case; an internationalised name in its ASCII form, an IPv6 address in brackets
 * @param port the port, also if it is the scheme's default, or {@link #NO_PORT}
 */
public record Origin(String scheme, String host, int port) {
    /** The port of an origin whose scheme has no default port, such as the scheme of a mobile application. */
    public static final int NO_PORT = 0;

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_LENGTH = 300;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_ASCII = 0x7f;
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

    /** Returns whether a scheme is one of WebSocket (RFC 6455 section 3). */
    public static boolean isWebSocket(@Nullable String scheme) {
        return "ws".equalsIgnoreCase(scheme) || "wss".equalsIgnoreCase(scheme);
    }

    /** Returns the default port of a scheme in any case, {@link #NO_PORT} if the scheme has none. */
    public static int defaultPort(String scheme) {
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> HTTP_PORT;
            case "https", "wss" -> HTTPS_PORT;
            default -> NO_PORT;
        };
    }

    /**
     * Returns the origin that the values of the header {@code Origin} name; null if there is not exactly one value, or if it is
     * {@code null} or another text that names no origin.
     */
    public static @Nullable Origin parse(List<String> values) {
        return values.size() == 1 ? parse(values.get(0)) : null;
    }

    /** Returns the origin that one value of the header {@code Origin} names; null for {@code null} and for any other text. */
    public static @Nullable Origin parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        String port = matcher.group(3);
        int number = port == null ? defaultPort(scheme) : Integer.parseInt(port);
        return number > MAX_PORT || (port != null && number == NO_PORT)
                ? null
                : new Origin(scheme, matcher.group(2).toLowerCase(Locale.ROOT), number);
    }

    /**
     * Returns the origin of a configured value, whose host may be written with characters beyond ASCII; null if it is no origin.
     * The first such host reads a table from the class path, so read the configuration before the server starts.
     */
    public static @Nullable Origin parseConfigured(String text) {
        int host = text.indexOf("://") + 3;
        if (host < 3 || text.length() > MAX_LENGTH || text.indexOf('/', host) >= 0) {
            return null;
        }
        int end = text.startsWith("[", host) ? text.length() : text.indexOf(':', host);
        end = end < 0 ? text.length() : end;
        try {
            String name = text.substring(host, end);
            boolean ascii = name.chars().allMatch(c -> c <= MAX_ASCII);
            String encoded = ascii ? name : IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
            return parse(text.substring(0, host) + encoded + text.substring(end));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns the origin of the pages at a URL; null if the authority is invalid.
     *
     * @param scheme the scheme of the URL, in any case; some proxies report {@code wss} for a WebSocket of an {@code https} page
     * @param authority the host and, if it is not the default, the port, as the header {@code Host} has it
     */
    public static @Nullable Origin of(String scheme, String authority) {
        String page = switch (scheme.toLowerCase(Locale.ROOT)) {
            case "ws" -> "http";
            case "wss" -> "https";
            default -> scheme;
        };
        return parse(page + "://" + authority);
    }

    /**
     * Returns whether both origins are {@code http} or {@code https} origins with the same host and port. The default ports of both
     * schemes count as the same port. Use it for requests without a cookie, where the scheme may be unknown because TLS ends at a
     * proxy that the gateway does not trust.
     */
    public boolean isSameHost(@Nullable Origin other) {
        return other != null
                && host.equals(other.host)
                && isHttp()
                && other.isHttp()
                && (port == other.port || (hasDefaultPort() && other.hasDefaultPort()));
    }

    private boolean isHttp() {
        return scheme.equals("http") || scheme.equals("https");
    }

    private boolean hasDefaultPort() {
        return port == defaultPort(scheme);
    }

    /** Returns the origin as browsers send it, without a default port (RFC 6454 section 6.2). */
    @Override
    public String toString() {
        return scheme + "://" + host + (hasDefaultPort() ? "" : ":" + port);
    }
}
