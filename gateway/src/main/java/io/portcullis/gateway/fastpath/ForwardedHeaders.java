package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.XForwardedHeadersFilter;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Tells the service where a request came from, if it came through a trusted proxy: what {@code XForwardedHeadersFilter} and
 * {@code ForwardedHeadersFilter} write on the long way.
 */
final class ForwardedHeaders {
    private static final String PREFIX = "x-forwarded-";
    private static final String FORWARDED = "forwarded";

    private final Predicate<String> trusted;
    private final @Nullable XForwardedHeadersFilter settings;
    private final boolean forwarded;

    /**
     * @param trusted whether an address is a proxy's that is believed
     * @param settings of {@code X-Forwarded-*}, null for none of them
     * @param forwarded whether {@code Forwarded} is written (RFC 7239)
     */
    ForwardedHeaders(Predicate<String> trusted, @Nullable XForwardedHeadersFilter settings, boolean forwarded) {
        this.trusted = trusted;
        this.settings = settings;
        this.forwarded = forwarded;
    }

    /** Whether nothing in them must be read before it is added to. */
    boolean arePlain(HttpHeaders headers) {
        return !forwarded || !headers.contains(FORWARDED);
    }

    /** Adds to {@code target} what is known about the way that the request has come. */
    void write(HttpServerRequest request, FastRequest fast, HttpHeaders target) {
        InetSocketAddress remote = request.remoteAddress();
        if (remote == null || !trusted.test(remote.getHostString())) {
            return;
        }
        if (settings != null) {
            copy(request.requestHeaders(), target);
            write(settings, request, fast, remote, target);
        }
        if (forwarded) {
            target.add(FORWARDED, forwarded(request, remote));
        }
    }

    private static void copy(HttpHeaders source, HttpHeaders target) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (header.getKey().toString().toLowerCase(Locale.ROOT).startsWith(PREFIX)) {
                target.add(header.getKey(), header.getValue());
            }
        }
    }

    private void write(
            XForwardedHeadersFilter rules,
            HttpServerRequest request,
            FastRequest fast,
            InetSocketAddress remote,
            HttpHeaders target) {
        int defaultPort = "https".equals(request.scheme()) ? 443 : 80;
        String host =
                request.hostPort() == defaultPort ? request.hostName() : request.hostName() + ":" + request.hostPort();
        if (rules.isForEnabled()) {
            write(target, "X-Forwarded-For", remote.getHostString(), rules.isForAppend(), trusted);
        }
        if (rules.isProtoEnabled()) {
            write(target, "X-Forwarded-Proto", request.scheme(), rules.isProtoAppend(), any -> true);
        }
        String prefix = prefix(fast);
        if (rules.isPrefixEnabled() && !prefix.isEmpty()) {
            write(target, "X-Forwarded-Prefix", prefix, rules.isPrefixAppend(), any -> true);
        }
        if (rules.isPortEnabled()) {
            write(target, "X-Forwarded-Port", Integer.toString(request.hostPort()), rules.isPortAppend(), any -> true);
        }
        if (rules.isHostEnabled()) {
            write(target, "X-Forwarded-Host", host, rules.isHostAppend(), any -> true);
        }
    }

    /** Several values of one name are one list, of which those stay that {@code kept} accepts. */
    private static void write(HttpHeaders target, String name, String value, boolean append, Predicate<String> kept) {
        if (append) {
            target.add(name, value);
            target.set(name, target.getAll(name).stream().filter(kept).collect(Collectors.joining(",")));
        } else if (kept.test(value)) {
            target.set(name, value);
        }
    }

    /** What the filters of the route have taken off the front of the path. */
    private static String prefix(FastRequest fast) {
        String original = withoutTrailingSlash(fast.target().path());
        String seen = withoutTrailingSlash(fast.upstream().path());
        if (original.equals(seen) || !original.endsWith(seen)) {
            return "";
        }
        return seen.isEmpty() ? original : original.substring(0, original.lastIndexOf(seen));
    }

    private static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private String forwarded(HttpServerRequest request, InetSocketAddress remote) {
        // In no order of its own, as in the library.
        Map<String, String> pairs = new HashMap<>();
        pairs.put("proto", quoted(request.scheme()));
        String host = request.requestHeaders().get(HttpHeaderNames.HOST);
        if (host != null) {
            pairs.put("host", quoted(host));
        }
        String address = address(remote);
        if (trusted.test(address)) {
            pairs.put("for", quoted(address + ":" + remote.getPort()));
        }
        return pairs.entrySet().stream()
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining(";"));
    }

    private static String address(InetSocketAddress remote) {
        String address = remote.getAddress() == null
                ? remote.getHostString()
                : remote.getAddress().getHostAddress();
        return remote.getAddress() instanceof Inet6Address ? "[" + address + "]" : address;
    }

    private static String quoted(String value) {
        return value.contains(":") ? "\"" + value + "\"" : value;
    }
}
