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
 * Tells the client's address, by the same rule as the gateway forwards {@code X-Forwarded-For}: only proxies that
 * {@code spring.cloud.gateway.server.webflux.trusted-proxies} names are believed.
 */
public final class ClientAddressResolver {
    /** The header whose last entries are those of trusted proxies. */
    public static final String FORWARDED_FOR = "X-Forwarded-For";

    private static final List<String> FORWARDED = List.of(FORWARDED_FOR, "Forwarded", "X-Real-IP");

    private static final Logger log = LoggerFactory.getLogger(ClientAddressResolver.class);

    private final ClientAddresses addresses;
    /** Whether a warning is still due if a proxy turns up. */
    private final AtomicBoolean expectsNoProxy;

    public ClientAddressResolver(TrustedProxies trusted) {
        this.addresses = new ClientAddresses(trusted);
        this.expectsNoProxy = new AtomicBoolean(trusted.isEmpty());
    }

    /** The address, without a port. */
    public String resolve(ServerHttpRequest request) {
        warnOfProxy(request);
        return addresses.find(request.getRemoteAddress(), request.getHeaders().getOrEmpty(FORWARDED_FOR));
    }

    /** As {@link #resolve(ServerHttpRequest)}, of the other end of the connection and the values of {@code X-Forwarded-For}. */
    public String resolve(@Nullable InetSocketAddress peer, List<String> forwardedFor) {
        return addresses.find(peer, forwardedFor);
    }

    /** Says once that a proxy seems to stand before the gateway, because all of its clients then share one address. */
    private void warnOfProxy(ServerHttpRequest request) {
        if (expectsNoProxy.get()
                && FORWARDED.stream().anyMatch(request.getHeaders()::containsHeader)
                && expectsNoProxy.compareAndSet(true, false)) {
            log.warn("A request came with X-Forwarded-For, X-Real-IP or Forwarded, and"
                    + " spring.cloud.gateway.server.webflux.trusted-proxies is not set. If a proxy stands before the"
                    + " gateway, all clients count as the proxy's address and share its limit on wrong passwords. Set the"
                    + " property to a regular expression that matches the proxy's address");
        }
    }
}
