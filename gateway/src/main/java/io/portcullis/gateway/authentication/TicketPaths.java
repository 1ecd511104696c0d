package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.TicketPath;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Normalises the paths to which tickets are bound, so that each spelling of a path is the same one (RFC 3986 section 6.2.2): letters,
 * digits and {@code -._~} are not percent-encoded, other encoded bytes have upper-case digits, and characters that a URI may not have
 * are encoded as UTF-8. The trailing slash counts.
 */
public final class TicketPaths {
    private static final String UNRESERVED = "-._~";
    /** The other characters of a path in RFC 3986 section 3.3. */
    private static final String PLAIN = UNRESERVED + "!$&'()*+,;=:@/";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private TicketPaths() {}

    /** Returns the path of a request, whose percent-encoding is valid. */
    static TicketPath of(String rawPath) {
        return TicketPath.of(normalise(rawPath));
    }

    /**
     * Returns the path that a client asks for.
     *
     * @param path begins with a slash, and is percent-encoded or not
     * @throws PortcullisException {@code BAD_REQUEST} for a text that is no path, or a path that the gateway refuses
     */
    public static TicketPath parse(String path) {
        boolean malformed = !path.startsWith("/")
                || path.chars().anyMatch(c -> c == '?' || c == '#' || Character.isISOControl(c))
                || !isEncoded(path);
        if (malformed || PathAmbiguity.isAmbiguous(path)) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST, "path (expected: the path of a URL without its query, such as /ws/chat)");
        }
        return of(path);
    }

    private static boolean isEncoded(String path) {
        for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
            if (i + 2 >= path.length() || !isHex(path.charAt(i + 1)) || !isHex(path.charAt(i + 2))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(char c) {
        return HexFormat.isHexDigit(c);
    }

    private static String normalise(String path) {
        StringBuilder normal = new StringBuilder(path.length());
        int i = 0;
        while (i < path.length()) {
            int c = path.codePointAt(i);
            if (c == '%') {
                appendDecoded(normal, HexFormat.fromHexDigits(path, i + 1, i + 3));
                i += 3;
            } else {
                append(normal, c);
                i += Character.charCount(c);
            }
        }
        return normal.toString();
    }

    private static void appendDecoded(StringBuilder normal, int octet) {
        if (isAlphanumeric(octet) || UNRESERVED.indexOf(octet) >= 0) {
            normal.append((char) octet);
        } else {
            appendEncoded(normal, (byte) octet);
        }
    }

    private static void append(StringBuilder normal, int c) {
        if (isAlphanumeric(c) || PLAIN.indexOf(c) >= 0) {
            normal.append((char) c);
            return;
        }
        for (byte octet : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            appendEncoded(normal, octet);
        }
    }

    private static void appendEncoded(StringBuilder normal, byte octet) {
        normal.append('%');
        HEX.toHexDigits(octet).chars().forEach(digit -> normal.append((char) digit));
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
