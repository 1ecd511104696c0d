package io.portcullis.gateway.admin;

import io.portcullis.core.session.ClientAddress;
import io.portcullis.gateway.endpoint.RequestFields;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Converts the query parameter {@code ip} to the spelling in which addresses are stored ({@link ClientAddress#canonical}). The result
 * is a whole address, or the begin of the text of all addresses that the parameter means.
 */
final class AddressParameter {
    private static final int OCTET_BITS = 8;
    private static final int OCTETS = 4;
    private static final int GROUP_BITS = 16;
    private static final int GROUPS = 8;
    /** An IPv6 address with brackets, zone and port. */
    private static final int MAX_LENGTH = 128;

    private AddressParameter() {}

    /** Returns null for a missing or blank parameter. Throws {@code BAD_REQUEST} for a block whose addresses have no common begin. */
    static @Nullable String of(@Nullable String value) {
        String text = QueryParameters.text("ip", value, MAX_LENGTH);
        if (text == null) {
            return null;
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return ofBlock(ClientAddress.canonical(text.substring(0, slash)), text.substring(slash + 1));
        }
        String address = ClientAddress.canonical(text);
        return ClientAddress.isAddress(address) ? address : text.toLowerCase(Locale.ROOT);
    }

    /** In the stored spelling, the bits of an octet or group are the bits of one part of the text. */
    private static String ofBlock(String address, String length) {
        boolean ipv4 = address.indexOf(':') < 0;
        int partBits = ipv4 ? OCTET_BITS : GROUP_BITS;
        int parts = ipv4 ? OCTETS : GROUPS;
        int bits = length.matches("[1-9]\\d{0,2}") ? Integer.parseInt(length) : -1;
        if (!ClientAddress.isAddress(address) || bits < partBits || bits > parts * partBits || bits % partBits != 0) {
            throw RequestFields.invalidField(
                    "ip", "a block such as 192.0.2.0/24 (/8, /16, /24) or 2001:db8:1:2::/64 (a multiple of 16)");
        }
        if (bits == parts * partBits) {
            return address;
        }
        String separator = ipv4 ? "." : ":";
        String[] all = address.split(ipv4 ? "\\." : ":", -1);
        return String.join(separator, Arrays.asList(all).subList(0, bits / partBits)) + separator;
    }
}
