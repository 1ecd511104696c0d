package io.portcullis.core.session;

import java.util.Arrays;

/**
 * The addresses that count as one client: an IPv4 address alone, an IPv6 address with its /64, since a subscriber has at least
 * that many addresses.
 *
 * @param name names the block in counters
 * @param first the lowest text of an address of the block, by code points
 * @param last the highest one
 */
public record AddressBlock(String name, String first, String last) {
    private static final int GROUPS = 8;
    private static final int NETWORK_GROUPS = 4;
    private static final int SITE_GROUPS = 3;

    /** The block of an address as {@link ClientInfo#ip()} spells it. Text that is no address is a block of its own. */
    public static AddressBlock of(String ip) {
        String[] groups = ip.split(":", -1);
        if (groups.length != GROUPS) {
            return new AddressBlock(ip, ip, ip);
        }
        String network = String.join(":", Arrays.asList(groups).subList(0, NETWORK_GROUPS));
        // The semicolon follows the colon in ASCII.
        return new AddressBlock(network + "::/64", network + ":", network + ";");
    }

    /** The IPv6 site, a /48, that the block lies in, because one subscriber may have that many blocks; an IPv4 address itself. */
    public String site() {
        String[] groups = name.split(":", -1);
        return groups.length > SITE_GROUPS + 1
                ? String.join(":", Arrays.asList(groups).subList(0, SITE_GROUPS)) + "::/48"
                : name;
    }
}
