package io.portcullis.gateway.authentication;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Tells the client's address, by the same rule as the gateway forwards {@code X-Forwarded-For}: only proxies that
 * {@code spring.cloud.gateway.server.webflux.trusted-proxies} names are believed.
 */
public final class ClientAddressResolver {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String UNKNOWN = "unknown";
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]{2,45}");

    private final Predicate<String> trusted;

    /** @param trustedProxies a regular expression that must match the whole address, or {@code null} to trust none */
    public ClientAddressResolver(@Nullable String trustedProxies) {
        this.trusted = trustedProxies == null || trustedProxies.isBlank()
                ? address -> false
                : Pattern.compile(trustedProxies).asMatchPredicate();
    }

    /** Walks from the peer towards the client while the addresses are trusted proxies. */
    public String resolve(ServerHttpRequest request) {
        String client = peer(request);
        if (!trusted.test(client)) {
            return client;
        }
        for (String address : nearestFirst(request)) {
            if (!ADDRESS.matcher(address).matches()) {
                return client;
            }
            client = address;
            if (!trusted.test(client)) {
                return client;
            }
        }
        return client;
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
