package io.portcullis.core.session;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Normalizes IP addresses, so that each address is counted, logged and searched under one spelling. No method
 * resolves a host name.
 */
public final class ClientAddress {
    private static final int MAX_LENGTH = 45;
    /**
     * Matches an IPv6 address with optional brackets, zone and port. At least two colons distinguish it from an IPv4
     * address with a port.
     */
    private static final Pattern IPV6 =
            Pattern.compile("\\[?([0-9a-fA-F:]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*)(?:%[^]]*)?(?:](?::\\d{1,5})?)?");

    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})(?::\\d{1,5})?");

    private static final Pattern CANONICAL =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}");

    private ClientAddress() {}

    /** Returns whether the text is an address in the spelling of {@link #canonical}. */
    public static boolean isAddress(String text) {
        return CANONICAL.matcher(text).matches();
    }

    /**
     * Returns the address without port, brackets and zone. IPv6 is written as eight groups in lower case. An
     * IPv4-mapped IPv6 address ({@code ::ffff:192.0.2.1}) is written as the IPv4 address. Other text is returned as
     * it is, cut to 45 characters.
     */
    public static String canonical(String text) {
        String cut = text.length() <= MAX_LENGTH + 20 ? text : text.substring(0, MAX_LENGTH);
        Matcher ipv4 = IPV4.matcher(cut);
        if (ipv4.matches()) {
            return ipv4.group(1);
        }
        Matcher ipv6 = IPV6.matcher(cut);
        String address = ipv6.matches() ? parsed(ipv6.group(1)) : cut;
        return address.length() <= MAX_LENGTH ? address : address.substring(0, MAX_LENGTH);
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
