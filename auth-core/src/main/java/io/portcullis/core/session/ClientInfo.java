package io.portcullis.core.session;

import org.jspecify.annotations.Nullable;

/**
 * Where a request came from, as far as it is known. Over-long text from the client is cut, not refused.
 *
 * @param ip the client's address by the {@code trusted-proxies} rule, in one spelling for each address: without port, IPv6 in eight
 *     groups, IPv4 also where it came mapped to IPv6
 * @param device what the client calls itself at login
 */
public record ClientInfo(
        String ip,
        @Nullable String userAgent,
        @Nullable String device,
        @Nullable String clientId) {
    private static final int MAX_USER_AGENT = 255;
    private static final int MAX_DEVICE = 64;

    public ClientInfo {
        ip = ClientAddress.canonical(ip);
        userAgent = userAgent == null ? null : cut(userAgent, MAX_USER_AGENT);
        device = device == null ? null : cut(device, MAX_DEVICE);
        clientId = clientId == null ? null : cut(clientId, MAX_DEVICE);
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }
}
