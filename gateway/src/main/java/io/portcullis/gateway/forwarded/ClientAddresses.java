package io.portcullis.gateway.forwarded;

import io.portcullis.core.session.ClientAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the client's address behind trusted proxies. */
public final class ClientAddresses {
    private final TrustedProxies trusted;

    public ClientAddresses(TrustedProxies trusted) {
        this.trusted = trusted;
    }

    /**
     * Returns the first address that is not a trusted proxy's, in the order from the peer to the client. If all are, or an entry
     * is no address, returns the last address before it. The result has the form of {@link ClientAddress#canonical} and no port.
     *
     * @param peer the remote address of the connection
     * @param forwardedFor the values of {@code X-Forwarded-For}
     */
    public String find(@Nullable InetSocketAddress peer, List<String> forwardedFor) {
        String client = IpAddressText.of(peer);
        boolean isProxy = trusted.contains(client);
        for (int i = forwardedFor.size() - 1; i >= 0 && isProxy; i--) {
            String list = forwardedFor.get(i);
            int end = list.length();
            while (end >= 0 && isProxy) {
                int comma = list.lastIndexOf(',', end - 1);
                String entry = list.substring(comma + 1, end).strip();
                String address = ClientAddress.canonical(entry);
                if (!ClientAddress.isAddress(address)) {
                    return client;
                }
                client = address;
                isProxy = trusted.contains(address) || (!address.equals(entry) && trusted.contains(entry));
                end = comma;
            }
        }
        return client;
    }
}
