package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AttributeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The trailer fields of the request that a connection handles (RFC 9112 section 7.1.2). Reactor Netty drops them, and no service gets
 * them; a logout searches them for tokens.
 */
public final class TrailerFields {
    private static final AttributeKey<List<String>> KEY = AttributeKey.valueOf(TrailerFields.class.getName());

    private TrailerFields() {}

    /** Returns the values of the fields. Empty before the end of the request's body. */
    public static List<String> of(ServerHttpRequest request) {
        List<String> values = new ArrayList<>();
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        received.withConnection(connection -> values.addAll(of(connection.channel())));
        return values;
    }

    static List<String> of(Channel channel) {
        List<String> values = channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
        return values == null ? List.of() : values;
    }

    /**
     * Forgets the fields of the previous request, when a request begins. Leaves a connection without the attribute that has had
     * no trailer field so far, because the attribute takes memory on each idle connection.
     */
    static void clear(Channel channel) {
        if (channel.hasAttr(KEY)) {
            channel.attr(KEY).set(List.of());
        }
    }

    /** Keeps the fields of a request, when the request ends. */
    static void store(Channel channel, HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            channel.attr(KEY)
                    .set(trailers.entries().stream().map(Map.Entry::getValue).toList());
        }
    }
}
