package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.portcullis.gateway.authentication.OutgoingHeaders;
import io.portcullis.gateway.authentication.RemovedTokens;
import io.portcullis.gateway.authentication.WebSocketUpgrade;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.GatewayCookies;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.forwarded.ReceivedForwardedHeaders;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells which headers need the filter chain, and copies the others to the service's request. */
final class RequestHeaders {
    private static final HeaderNames EXAMINED = HeaderNames.of(List.of(
            "authorization",
            "cookie",
            "content-type",
            "upgrade",
            "expect",
            "transfer-encoding",
            "access-control-request-method"));
    /** Dropped in addition to the configured hop-by-hop headers: both describe the client connection, not the request. */
    private static final List<String> ALWAYS_DROPPED = List.of("host", "connection");

    private final HeaderNames dropped;

    RequestHeaders(HopByHopHeaders hopByHop) {
        this.dropped = HeaderNames.of(Stream.of(hopByHop.names(), ALWAYS_DROPPED, WebSocketUpgrade.HEADERS)
                .flatMap(Collection::stream)
                .distinct()
                .toList());
    }

    /**
     * Returns true if no header requires the filter chain. A cookie of the gateway requires it if the gateway reads no cookies,
     * which is rare.
     */
    static boolean areSimple(HttpHeaders headers, CookieMode cookies) {
        int authorizations = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            CharSequence name = header.getKey();
            if (!EXAMINED.contains(name)) {
                continue;
            }
            if (is(HttpHeaderNames.AUTHORIZATION, name)) {
                authorizations++;
            } else if (!isSimple(name, header.getValue(), cookies)) {
                return false;
            }
        }
        return authorizations <= (cookies == CookieMode.ONLY ? 0 : 1);
    }

    private static boolean isSimple(CharSequence name, CharSequence value, CookieMode cookies) {
        if (is(HttpHeaderNames.COOKIE, name)) {
            return cookies != CookieMode.OFF || !GatewayCookies.mayBeIn(value);
        }
        if (is(HttpHeaderNames.CONTENT_TYPE, name)) {
            return !AsciiString.of(value).toLowerCase().startsWith("application/grpc");
        }
        if (is(HttpHeaderNames.EXPECT, name)) {
            return is(HttpHeaderValues.CONTINUE, value);
        }
        return is(HttpHeaderNames.TRANSFER_ENCODING, name) && is(HttpHeaderValues.CHUNKED, value);
    }

    private static boolean is(AsciiString expected, CharSequence text) {
        return AsciiString.contentEqualsIgnoreCase(expected, text);
    }

    /**
     * Copies the headers that the service may receive to {@code target}.
     *
     * @param token the bearer token of the {@code Authorization} header, null if there is none
     */
    void copy(HttpHeaders source, HttpHeaders target, RemovedTokens removed, @Nullable String token) {
        boolean authorization = OutgoingHeaders.passesAuthorization(token, removed);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            CharSequence name = header.getKey();
            CharSequence value =
                    isForwarded(name, authorization) ? OutgoingHeaders.passed(name, header.getValue(), removed) : null;
            if (value != null) {
                target.add(name, value);
            }
        }
    }

    /** Returns the forwarding headers of the request, by their names in lower case with hyphens. */
    static Map<String, List<String>> reserved(HttpHeaders source) {
        Map<String, List<String>> reserved = new LinkedHashMap<>();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            ReceivedForwardedHeaders.add(header.getKey(), header.getValue(), reserved);
        }
        return reserved;
    }

    /** Returns the forwarding headers with which a proxied request was received, which count only if a trusted proxy sent them. */
    static ReceivedForwardedHeaders received(ClientHead head, String path, ForwardedHeaders forwarded) {
        HttpHeaders source = head.headers();
        return new ReceivedForwardedHeaders(
                source.get(HttpHeaderNames.HOST), path, forwarded.trusts(head.peer()) ? reserved(source) : Map.of());
    }

    private boolean isForwarded(CharSequence name, boolean authorization) {
        if (dropped.contains(name) || (!authorization && is(HttpHeaderNames.AUTHORIZATION, name))) {
            return false;
        }
        return !OutgoingHeaders.isReserved(name);
    }
}
