package io.portcullis.gateway.forwarded;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** IP addresses as texts without a port, without brackets, and without the zone of a link-local address. */
final class IpAddressText {
    static final String UNKNOWN = "unknown";

    private IpAddressText() {}

    /** Returns the address of a connection's peer, or {@code unknown} if there is none. */
    static String of(@Nullable InetSocketAddress peer) {
        if (peer == null) {
            return UNKNOWN;
        }
        String address = peer.getAddress() == null
                ? peer.getHostString()
                : peer.getAddress().getHostAddress();
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** Reads an entry of {@code X-Forwarded-For}, to which some proxies add a port; null if it is no IP address. */
    static @Nullable String parse(String entry) {
        String text = entry.strip();
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            text = end < 0 ? text : text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            text = text.substring(0, text.indexOf(':'));
        }
        return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text) ? text : null;
    }

    static boolean isIpV6(String address) {
        return address.indexOf(':') >= 0;
    }
}
