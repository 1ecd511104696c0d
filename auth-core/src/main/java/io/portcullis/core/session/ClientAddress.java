package io.portcullis.core.session;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Normalizes IP addresses, so that each address is counted, logged and searched under one spelling. No method
 * resolves a host name. Each method reads its text once from the left to the right, because every proxied request calls them.
 */
public final class ClientAddress {
    private static final int MAX_LENGTH = 45;
    private static final int MAX_PORT_DIGITS = 5;
    private static final int IPV4_PARTS = 4;
    private static final int IPV4_PART_DIGITS = 3;
    private static final int IPV6_GROUPS = 8;
    private static final int IPV6_GROUP_DIGITS = 4;

    private ClientAddress() {}

    /** Returns whether the text is an address in the spelling of {@link #canonical}. */
    public static boolean isAddress(String text) {
        return text.indexOf(':') < 0 ? isIpv4(text) : isFullIpv6(text);
    }

    /**
     * Returns the address without port, brackets and zone. IPv6 is written as eight groups in lower case. An
     * IPv4-mapped IPv6 address ({@code ::ffff:192.0.2.1}) is written as the IPv4 address. Other text is returned as
     * it is, cut to 45 characters.
     */
    public static String canonical(String text) {
        String cut = text.length() <= MAX_LENGTH + 20 ? text : text.substring(0, MAX_LENGTH);
        int ipv4 = ipv4End(cut);
        if (ipv4 > 0 && isPortOrEnd(cut, ipv4)) {
            return cut.substring(0, ipv4);
        }
        String ipv6 = ipv6Literal(cut);
        String address = ipv6 == null ? cut : parsed(ipv6);
        return address.length() <= MAX_LENGTH ? address : address.substring(0, MAX_LENGTH);
    }

    /** Returns the end of four numbers with dots at the beginning of the text, -1 if there are none. */
    private static int ipv4End(String text) {
        int at = 0;
        for (int part = 0; part < IPV4_PARTS; part++) {
            if (part > 0) {
                if (at == text.length() || text.charAt(at) != '.') {
                    return -1;
                }
                at++;
            }
            int end = digitsEnd(text, at, IPV4_PART_DIGITS);
            if (end == at) {
                return -1;
            }
            at = end;
        }
        return at;
    }

    /** Returns whether the text has four numbers of at most 255, of which those with three digits begin with no zero. */
    private static boolean isIpv4(String text) {
        if (ipv4End(text) != text.length()) {
            return false;
        }
        int number = 0;
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            number = character == '.' ? 0 : 10 * number + (character - '0');
            digits = character == '.' ? 0 : digits + 1;
            if (number > 255 || (digits == IPV4_PART_DIGITS && number < 100)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the text has eight groups of one to four hexadecimal digits in lower case. */
    private static boolean isFullIpv6(String text) {
        int groups = 1;
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == ':') {
                if (digits == 0) {
                    return false;
                }
                groups++;
                digits = 0;
            } else if (isHexadecimal(character) && !isUpperCase(character)) {
                digits++;
            } else {
                return false;
            }
            if (digits > IPV6_GROUP_DIGITS) {
                return false;
            }
        }
        return groups == IPV6_GROUPS && digits > 0;
    }

    /**
     * Returns the IPv6 address from a text with optional brackets, zone and port; null if the text has another form. At least two colons
     * distinguish an IPv6 address from an IPv4 address with a port.
     */
    private static @Nullable String ipv6Literal(String text) {
        int begin = text.startsWith("[") ? 1 : 0;
        int end = begin;
        int colons = 0;
        while (end < text.length() && isOfIpv6(text.charAt(end), colons)) {
            colons += text.charAt(end) == ':' ? 1 : 0;
            end++;
        }
        return colons >= 2 && endsAfterAddress(text, end) ? text.substring(begin, end) : null;
    }

    /** A dot occurs in the last part only, which is an IPv4 address. */
    private static boolean isOfIpv6(char character, int colons) {
        return character == ':' || isHexadecimal(character) || (character == '.' && colons >= 2);
    }

    /** Returns whether an optional zone, bracket and port, and nothing else, follow. */
    private static boolean endsAfterAddress(String text, int end) {
        int bracket = end;
        if (end < text.length() && text.charAt(end) == '%') {
            bracket = text.indexOf(']', end);
        }
        if (bracket < 0 || bracket == text.length()) {
            return true;
        }
        return text.charAt(bracket) == ']' && isPortOrEnd(text, bracket + 1);
    }

    /** Returns whether the text ends here, or a colon and one to five digits follow, and then the end. */
    private static boolean isPortOrEnd(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        int end = digitsEnd(text, from + 1, MAX_PORT_DIGITS);
        return text.charAt(from) == ':' && end > from + 1 && end == text.length();
    }

    /** Returns the end of the digits, of which at most {@code max} are read. */
    private static int digitsEnd(String text, int from, int max) {
        int end = from;
        while (end < text.length() && end < from + max && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isHexadecimal(char character) {
        return isDigit(character) || (character >= 'a' && character <= 'f') || isUpperCase(character);
    }

    private static boolean isUpperCase(char character) {
        return character >= 'A' && character <= 'F';
    }

    /** Parses an IPv6 literal. Text of hexadecimal digits and colons is never looked up as a host name. */
    private static String parsed(String literal) {
        try {
            return InetAddress.getByName(literal).getHostAddress();
        } catch (UnknownHostException e) {
            return literal;
        }
    }
}
