package io.portcullis.gateway.authentication;

import io.portcullis.core.session.ClientAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Tells the client's address, by the same rule as the gateway forwards {@code X-Forwarded-For}: only proxies that
 * {@code spring.cloud.gateway.server.webflux.trusted-proxies} names are believed.
 */
public final class ClientAddressResolver {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String UNKNOWN = "unknown";

    private static final List<String> FORWARDED = List.of(FORWARDED_FOR, "Forwarded", "X-Real-IP");

    private static final Logger log = LoggerFactory.getLogger(ClientAddressResolver.class);

    private final Predicate<String> trusted;
    /** Whether a warning is still due if a proxy turns up. */
    private final AtomicBoolean expectsNoProxy;

    /** @param trustedProxies a regular expression that must match the whole address, or {@code null} to trust none */
    public ClientAddressResolver(@Nullable String trustedProxies) {
        boolean none = trustedProxies == null || trustedProxies.isBlank();
        this.trusted = none ? address -> false : Pattern.compile(trustedProxies).asMatchPredicate();
        this.expectsNoProxy = new AtomicBoolean(none);
    }

    /** Walks from the peer towards the client while the addresses are trusted proxies. */
    public String resolve(ServerHttpRequest request) {
        String client = peer(request);
        if (!trusted.test(client)) {
            warnOfProxy(request);
            return client;
        }
        for (String entry : nearestFirst(request)) {
            // Some proxies append the port.
            String address = ClientAddress.canonical(entry);
            if (!ClientAddress.isAddress(address)) {
                return client;
            }
            client = address;
            if (!trusted.test(client) && !trusted.test(entry)) {
                return client;
            }
        }
        return client;
    }

    /** Says once that a proxy seems to stand before the gateway, because all of its clients then share one address. */
    private void warnOfProxy(ServerHttpRequest request) {
        if (expectsNoProxy.get()
                && FORWARDED.stream().anyMatch(request.getHeaders()::containsHeader)
                && expectsNoProxy.compareAndSet(true, false)) {
            log.warn("A request came with X-Forwarded-For, X-Real-IP or Forwarded, and"
                    + " spring.cloud.gateway.server.webflux.trusted-proxies is not set. If a proxy stands before the gateway,"
                    + " all clients count as the proxy's address and share its limit on wrong passwords. Set the property to"
                    + " a regular expression that matches the proxy's address");
        }
    }

    private static String peer(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        if (remote == null) {
            return UNKNOWN;
        }
        return remote.getAddress() == null
                ? remote.getHostString()
                : remote.getAddress().getHostAddress();
    }

    private static List<String> nearestFirst(ServerHttpRequest request) {
        List<String> addresses = request.getHeaders().getOrEmpty(FORWARDED_FOR).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .collect(Collectors.toList());
        Collections.reverse(addresses);
        return addresses;
    }
}
