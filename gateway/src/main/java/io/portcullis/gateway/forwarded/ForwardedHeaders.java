package io.portcullis.gateway.forwarded;

import io.portcullis.gateway.origin.Origin;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Creates the headers with which services learn the client's address and the requested URL. {@code X-Forwarded-For},
 * {@code -Proto}, {@code -Host} and {@code -Port} are always derived from the connection. The headers of a trusted proxy are kept
 * and extended; those of any other peer are dropped.
 */
public final class ForwardedHeaders {
    static final String FOR = "X-Forwarded-For";
    /** CGI makes the variable {@code HTTP_PROXY} of it (httpoxy), and a proxy has no reason to send it. */
    private static final String HTTPOXY = "proxy";
    /** What Netty's codec of HTTP/2 writes into a request, in part with the client's text. */
    private static final String CODEC_PREFIX = "x-http2-";

    /** The beginnings of names: each longer name is reserved. */
    private static final List<String> PREFIXES = List.of("x-forwarded-", "x-envoy-", CODEC_PREFIX);

    private static final String FOR_KEY = "x-forwarded-for";
    private static final String PROTO_KEY = "x-forwarded-proto";
    private static final String HOST_KEY = "x-forwarded-host";
    private static final String PORT_KEY = "x-forwarded-port";
    private static final String PREFIX_KEY = "x-forwarded-prefix";
    private static final String FORWARDED_KEY = "forwarded";
    private static final Set<String> SET_BY_GATEWAY =
            Set.of(FOR_KEY, PROTO_KEY, HOST_KEY, PORT_KEY, PREFIX_KEY, FORWARDED_KEY);
    /** Other headers with which proxies transmit the client's address or the requested URL. */
    private static final List<String> OTHERS = List.of(
            FORWARDED_KEY,
            HTTPOXY,
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "x-forwarded",
            "x-real-ip",
            "x-client-ip",
            "x-remote-ip",
            "x-remote-addr",
            "x-cluster-client-ip",
            "x-proxyuser-ip",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-appengine-user-ip",
            "x-original-forwarded-for",
            "x-original-host",
            "x-original-uri",
            "x-original-url",
            "x-rewrite-url",
            "x-host",
            "x-scheme",
            "x-url-scheme",
            "front-end-https",
            "true-client-ip",
            "client-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "fastly-client-ip",
            "fly-client-ip",
            "do-connecting-ip");

    /** The first letters of all of these. */
    private static final String INITIALS = "xftcpwd";

    private final TrustedProxies trusted;

    ForwardedHeaders(TrustedProxies trusted) {
        this.trusted = trusted;
    }

    /** Returns whether a header transmits a request's origin, in any spelling, see {@link CanonicalHeaderName}. */
    public static boolean isReserved(CharSequence name) {
        if (name.length() == 0 || INITIALS.indexOf(CanonicalHeaderName.canonical(name.charAt(0))) < 0) {
            return false;
        }
        for (int i = 0; i < PREFIXES.size(); i++) {
            if (name.length() > PREFIXES.get(i).length() && matches(name, PREFIXES.get(i))) {
                return true;
            }
        }
        for (int i = 0; i < OTHERS.size(); i++) {
            if (name.length() == OTHERS.get(i).length() && matches(name, OTHERS.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(CharSequence name, String start) {
        for (int i = 0; i < start.length(); i++) {
            if (CanonicalHeaderName.canonical(name.charAt(i)) != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPassed(String key) {
        return !SET_BY_GATEWAY.contains(key) && !key.equals(HTTPOXY) && !key.startsWith(CODEC_PREFIX);
    }

    /** Returns whether the peer of a connection is a trusted proxy. */
    public boolean trusts(@Nullable InetSocketAddress peer) {
        return !trusted.isEmpty() && trusted.contains(IpAddressText.of(peer));
    }

    /**
     * Gives each header for the service to {@code sink}.
     *
     * @param received the headers that the peer sent, which count only if the peer is a trusted proxy
     * @param scheme of the connection, {@code http} or {@code https}
     * @param servicePath the raw path that the service sees
     */
    public void describe(
            ReceivedForwardedHeaders received,
            @Nullable InetSocketAddress peer,
            String scheme,
            String servicePath,
            BiConsumer<String, String> sink) {
        String address = IpAddressText.of(peer);
        String stripped = strippedPrefix(received.path(), servicePath);
        if (!trusted.contains(address)) {
            String host = received.host();
            sink.accept(FOR, address);
            sink.accept("X-Forwarded-Proto", scheme);
            acceptHost(host, port(host, scheme), sink);
            acceptPrefix(stripped, sink);
            return;
        }
        String proto = Objects.requireNonNullElse(received.first(PROTO_KEY), scheme);
        String host = Objects.requireNonNullElse(received.first(HOST_KEY), Objects.toString(received.host(), ""));
        sink.accept(FOR, appendToForwardedFor(received, address));
        sink.accept("X-Forwarded-Proto", proto);
        acceptHost(
                host.isEmpty() ? null : host,
                Objects.requireNonNullElseGet(received.first(PORT_KEY), () -> port(host, proto)),
                sink);
        acceptPrefix(joined(received.get(PREFIX_KEY), stripped), sink);
        if (!received.get(FORWARDED_KEY).isEmpty()) {
            sink.accept("Forwarded", joined(received.get(FORWARDED_KEY), "for=" + node(address)));
        }
        received.values().forEach((key, values) -> {
            if (isPassed(key)) {
                sink.accept(key, String.join(", ", values));
            }
        });
    }

    /**
     * Returns the origin under which the client reached the gateway: that of the connection or, behind a trusted proxy, the one that
     * the services learn. Null if the request names no host, or an invalid one.
     */
    public @Nullable Origin originOf(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        return originOf(
                ReceivedForwardedHeaders.storedIn(exchange),
                request.getRemoteAddress(),
                Objects.requireNonNullElse(request.getURI().getScheme(), "http"));
    }

    /** Returns the origin as {@link #originOf(ServerWebExchange)} does, with the parameters of {@link #describe}. */
    public @Nullable Origin originOf(
            ReceivedForwardedHeaders received, @Nullable InetSocketAddress peer, String scheme) {
        Map<String, String> described = new HashMap<>();
        describe(
                received,
                peer,
                scheme,
                received.path(),
                (name, value) -> described.put(name.toLowerCase(Locale.ROOT), value));
        String host = described.get(HOST_KEY);
        String proto = Objects.requireNonNullElse(described.get(PROTO_KEY), scheme);
        return host == null ? null : Origin.of(proto, withoutPort(host) + ":" + described.get(PORT_KEY));
    }

    private static String withoutPort(String host) {
        int colon = host.indexOf(':', host.lastIndexOf(']') + 1);
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static void acceptHost(@Nullable String host, String port, BiConsumer<String, String> sink) {
        if (host != null) {
            sink.accept("X-Forwarded-Host", host);
        }
        sink.accept("X-Forwarded-Port", port);
    }

    private static void acceptPrefix(String prefix, BiConsumer<String, String> sink) {
        if (!prefix.isEmpty()) {
            sink.accept("X-Forwarded-Prefix", prefix);
        }
    }

    /** Returns the proxy's {@code X-Forwarded-For} list without ports, followed by the proxy's own address. */
    private static String appendToForwardedFor(ReceivedForwardedHeaders received, String address) {
        return Stream.concat(
                        received.get(FOR_KEY).stream()
                                .flatMap(value -> Stream.of(value.split(",", -1)))
                                .map(entry -> Objects.requireNonNullElse(IpAddressText.parse(entry), entry.strip()))
                                .filter(entry -> !entry.isEmpty()),
                        Stream.of(address))
                .collect(Collectors.joining(", "));
    }

    private static String joined(List<String> values, String last) {
        return Stream.concat(values.stream(), Stream.of(last))
                .filter(value -> !value.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** RFC 7239 section 6: an IPv6 address is in brackets, and brackets are quoted. */
    private static String node(String address) {
        return IpAddressText.isIpV6(address) ? "\"[" + address + "]\"" : address;
    }

    private static String port(@Nullable String host, String scheme) {
        int colon = host == null ? -1 : host.indexOf(':', host.lastIndexOf(']') + 1);
        if (host != null && colon >= 0 && colon + 1 < host.length()) {
            return host.substring(colon + 1);
        }
        int known = Origin.defaultPort(scheme);
        return String.valueOf(known == Origin.NO_PORT ? Origin.defaultPort("http") : known);
    }

    /** Returns the prefix that the route's filters removed from the path; empty if they changed the path in another way. */
    private static String strippedPrefix(String path, String servicePath) {
        String original = withoutTrailingSlash(path);
        String seen = withoutTrailingSlash(servicePath);
        return original.length() > seen.length() && original.endsWith(seen)
                ? original.substring(0, original.length() - seen.length())
                : "";
    }

    private static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
