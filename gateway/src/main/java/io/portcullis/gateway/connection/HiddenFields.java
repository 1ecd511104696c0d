package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AttributeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Field values of the request that a connection handles which are not among its headers: those of the trailer fields (RFC 9112 section
 * 7.1.2), which Reactor Netty drops, and those of the headers that {@code Connection} names, which {@link RequestRules} removes. No
 * service gets them; a logout searches them for tokens.
 */
public final class HiddenFields {
    private static final AttributeKey<List<String>> KEY = AttributeKey.valueOf(HiddenFields.class.getName());

    private HiddenFields() {}

    /** Returns the values. The values of trailer fields are among them from the end of the request's body on. */
    public static List<String> of(HttpServerRequest request) {
        List<String> values = new ArrayList<>();
        request.withConnection(connection -> values.addAll(of(connection.channel())));
        return values;
    }

    static List<String> of(Channel channel) {
        List<String> values = channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
        return values == null ? List.of() : values;
    }

    /**
     * Forgets the fields of the previous request, when a request begins. Leaves a connection without the attribute that has had
     * no such field so far, because the attribute takes memory on each idle connection.
     */
    static void clear(Channel channel) {
        if (channel.hasAttr(KEY)) {
            channel.attr(KEY).set(List.of());
        }
    }

    /** Stores the trailer fields of a request, when the request ends. */
    static void storeTrailers(Channel channel, HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            store(channel, trailers.entries().stream().map(Map.Entry::getValue).toList());
        }
    }

    /** Stores more values of the same request. */
    static void store(Channel channel, List<String> values) {
        channel.attr(KEY)
                .set(Stream.concat(of(channel).stream(), values.stream()).toList());
    }
}
