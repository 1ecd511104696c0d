package io.portcullis.gateway.upstream;

import io.netty.util.NetUtil;
import io.portcullis.gateway.origin.Origin;
import java.net.URI;
import java.util.Locale;

/**
 * The address of a service.
 *
 * @param tls whether the service is called with {@code https}
 * @param host the name or address in lower case, without the brackets of an IPv6 address
 */
public record ServiceAddress(boolean tls, String host, int port) {
    private static final String HTTPS = "https";

    /** Returns the address that a URI with a host points to, whose scheme is {@code http}, {@code https}, {@code ws} or {@code wss}. */
    public static ServiceAddress of(URI uri) {
        boolean tls = HTTPS.equalsIgnoreCase(uri.getScheme()) || "wss".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : Origin.defaultPort(tls ? HTTPS : "http");
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return new ServiceAddress(tls, host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    /** Returns the value of {@code Host} (RFC 9110 section 7.2), without the default port. */
    public String hostField() {
        String name = NetUtil.isValidIpV6Address(host) ? "[" + host + "]" : host;
        return port == Origin.defaultPort(tls ? HTTPS : "http") ? name : name + ":" + port;
    }
}
