package io.portcullis.gateway.stream;

import io.netty.util.NetUtil;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.authentication.CurrentIdentity;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * The party that calls and streams are counted for: a session, or the anonymous clients of one address.
 *
 * @param sessionId the session, null for anonymous clients
 * @param address the address of anonymous clients, empty for a session
 */
public record Caller(@Nullable String sessionId, String address) {
    private static final int NETWORK_BYTES = 8;

    /**
     * Returns the caller of a session, or of an address if {@code sessionId} is null. IPv6 addresses are reduced to their
     * /64, because one client usually has a whole /64.
     */
    public static Caller of(@Nullable String sessionId, String address) {
        return new Caller(sessionId, sessionId == null ? network(address) : "");
    }

    /** Returns the caller of an exchange whose request has been authenticated. */
    static Caller of(ServerWebExchange exchange, ClientAddressResolver addresses) {
        String sessionId = CurrentIdentity.sessionIdOf(exchange);
        return of(sessionId, sessionId == null ? addresses.resolve(exchange.getRequest()) : "");
    }

    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null || bytes.length < NETWORK_BYTES
                ? address
                : HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES);
    }
}
