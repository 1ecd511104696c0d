package io.portcullis.gateway.authentication;

import io.portcullis.gateway.forwarded.ClientAddresses;
import io.portcullis.gateway.forwarded.TrustedProxies;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Determines the client's address, by the same rule as {@code X-Forwarded-For} is forwarded to services: only the entries of
 * proxies that match {@code spring.cloud.gateway.server.webflux.trusted-proxies} count.
 */
public final class ClientAddressResolver {
    /** The header to which each proxy appends the address of its peer. */
    public static final String FORWARDED_FOR = "X-Forwarded-For";

    private static final List<String> FORWARDED = List.of(FORWARDED_FOR, "Forwarded", "X-Real-IP");

    private static final Logger log = LoggerFactory.getLogger(ClientAddressResolver.class);

    private final ClientAddresses addresses;
    /** True while no proxy is configured and the warning about an unexpected proxy has not been logged. */
    private final AtomicBoolean warnsOfProxy;

    ClientAddressResolver(TrustedProxies trusted) {
        this.addresses = new ClientAddresses(trusted);
        this.warnsOfProxy = new AtomicBoolean(trusted.isEmpty());
    }

    /** Returns the client's address without a port. */
    public String resolve(ServerHttpRequest request) {
        warnOfProxy(request);
        return addresses.find(request.getRemoteAddress(), request.getHeaders().getOrEmpty(FORWARDED_FOR));
    }

    /**
     * Returns the client's address without a port, and logs no warning.
     *
     * @param peer the remote address of the connection
     * @param forwardedFor the values of {@code X-Forwarded-For}
     */
    public String resolve(@Nullable InetSocketAddress peer, List<String> forwardedFor) {
        return addresses.find(peer, forwardedFor);
    }

    /** Logs one warning if an unconfigured proxy seems to forward requests, because all of its clients then share one address. */
    private void warnOfProxy(ServerHttpRequest request) {
        if (warnsOfProxy.get()
                && FORWARDED.stream().anyMatch(request.getHeaders()::containsHeader)
                && warnsOfProxy.compareAndSet(true, false)) {
            log.warn("A request has the header X-Forwarded-For, X-Real-IP or Forwarded, but"
                    + " spring.cloud.gateway.server.webflux.trusted-proxies is not set. If a proxy forwards requests to the"
                    + " gateway, all clients have the proxy's address and share its limit on wrong passwords. Set the"
                    + " property to a regular expression that matches the proxy's address");
        }
    }
}
