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
        for (int i = forwardedFor.size() - 1; i >= 0; i--) {
            String[] entries = forwardedFor.get(i).split(",", -1);
            for (int j = entries.length - 1; j >= 0 && isProxy; j--) {
                String entry = entries[j].strip();
                String address = ClientAddress.canonical(entry);
                if (!ClientAddress.isAddress(address)) {
                    return client;
                }
                client = address;
                isProxy = trusted.contains(address) || trusted.contains(entry);
            }
        }
        return client;
    }
}
