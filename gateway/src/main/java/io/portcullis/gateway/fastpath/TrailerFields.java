package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.gateway.authentication.OutgoingHeaders;
import io.portcullis.gateway.cors.ServiceCorsHeadersFilter;
import io.portcullis.gateway.forwarded.CanonicalHeaderName;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes from a trailer the fields that have a meaning in a head alone (RFC 9110 section 6.5.1): a recipient that merges a trailer into the
 * headers would take them for fields that the gateway has checked or set.
 */
final class TrailerFields {
    private static final List<String> OF_HEADS_ALONE = List.of(
            "authorization",
            "age",
            "cache-control",
            "clear-site-data",
            "connection",
            "content-encoding",
            "content-length",
            "content-location",
            "content-range",
            "content-type",
            "cookie",
            "date",
            "expect",
            "expires",
            "host",
            "location",
            "origin",
            "pragma",
            "range",
            "referer",
            "retry-after",
            "set-cookie",
            "strict-transport-security",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "vary",
            "www-authenticate",
            "traceparent",
            "tracestate",
            "x-http-method-override",
            "x-request-id",
            "x-requested-with");

    private final HeaderNames dropped;

    TrailerFields(HopByHopHeaders hopByHop) {
        this.dropped = HeaderNames.of(Stream.of(OF_HEADS_ALONE, hopByHop.names(), ServiceCorsHeadersFilter.NAMES)
                .flatMap(names -> names.stream())
                .distinct()
                .toList());
    }

    /** Leaves the fields that may be relayed. Most messages have no trailer, for which nothing is done. */
    void clean(LastHttpContent last) {
        HttpHeaders fields = last.trailingHeaders();
        if (!fields.isEmpty()) {
            fields.names().stream().filter(this::isDropped).forEach(fields::remove);
        }
    }

    private boolean isDropped(String name) {
        return dropped.contains(CanonicalHeaderName.canonical(name)) || OutgoingHeaders.isReserved(name);
    }
}
