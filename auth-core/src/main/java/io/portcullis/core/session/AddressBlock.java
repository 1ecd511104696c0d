package io.portcullis.core.session;

import java.util.Arrays;

/**
 * The block of addresses that counts as one client: a single IPv4 address, or the /64 network of an IPv6 address,
 * because an IPv6 subscriber has at least a /64.
 *
 * @param name the key of the block in counters
 * @param first the lower bound of the block's addresses as text, by code points
 * @param last the upper bound of the block's addresses as text, by code points
 */
public record AddressBlock(String name, String first, String last) {
    private static final int GROUPS = 8;
    private static final int NETWORK_GROUPS = 4;
    private static final int SITE_GROUPS = 3;

    /**
     * Returns the block of an address in the spelling of {@link ClientInfo#ip()}. Text that is no address forms a
     * block of its own.
     */
    public static AddressBlock of(String ip) {
        String[] groups = ip.split(":", -1);
        if (groups.length != GROUPS) {
            return new AddressBlock(ip, ip, ip);
        }
        String network = String.join(":", Arrays.asList(groups).subList(0, NETWORK_GROUPS));
        // The semicolon follows the colon in ASCII, so it bounds every address that begins with this prefix.
        return new AddressBlock(network + "::/64", network + ":", network + ";");
    }

    /**
     * Returns the IPv6 /48 network that contains the block, because one subscriber may have a whole /48; for IPv4 the
     * address itself.
     */
    public String site() {
        String[] groups = name.split(":", -1);
        return groups.length > SITE_GROUPS + 1
                ? String.join(":", Arrays.asList(groups).subList(0, SITE_GROUPS)) + "::/48"
                : name;
    }
}
