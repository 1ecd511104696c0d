package io.portcullis.gateway.connection;

import io.netty.util.NetUtil;

/** Validates an authority without user information: {@code uri-host [ ":" port ]} (RFC 9112 section 3.2). */
final class HostField {
    private static final int LARGEST_PORT = 65_535;
    private static final int LONGEST_PORT = 5;

    private HostField() {}

    /**
     * Returns whether the value names a host. Stricter than RFC 3986: a name may contain only letters, digits, dots,
     * hyphens and underscores, because services interpret the other characters differently.
     */
    static boolean isValid(String value) {
        return value.startsWith("[") ? isBracketed(value) : isNamed(value);
    }

    private static boolean isBracketed(String value) {
        int end = value.indexOf(']');
        return end > 0
                && NetUtil.isValidIpV6Address(value.substring(1, end))
                && value.indexOf('%') < 0
                && (end + 1 == value.length() || (value.charAt(end + 1) == ':' && isPort(value, end + 2)));
    }

    private static boolean isNamed(String value) {
        int colon = value.indexOf(':');
        int end = colon < 0 ? value.length() : colon;
        for (int i = 0; i < end; i++) {
            if (!isNameCharacter(value.charAt(i))) {
                return false;
            }
        }
        return end > 0 && value.charAt(0) != '.' && (colon < 0 || isPort(value, colon + 1));
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_';
    }

    private static boolean isPort(String value, int start) {
        int length = value.length() - start;
        if (length < 1 || length > LONGEST_PORT) {
            return false;
        }
        int port = 0;
        for (int i = start; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = 10 * port + digit;
        }
        return port > 0 && port <= LARGEST_PORT;
    }
}
