package io.portcullis.gateway.forwarded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Holds the forwarding headers of a request as they were received, before filters change them.
 *
 * @param host the value of {@code Host}, null for none
 * @param path the raw path
 * @param values of the headers that {@link ForwardedHeaders#isReserved} names, by their names in lower case with hyphens
 */
public record ReceivedForwardedHeaders(@Nullable String host, String path, Map<String, List<String>> values) {
    private static final String ATTRIBUTE = ReceivedForwardedHeaders.class.getName();

    public ReceivedForwardedHeaders {
        values = Map.copyOf(values);
    }

    /** Stores the received headers as an attribute of the exchange. Call it before any filter changes the request. */
    public static void storeIn(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, of(exchange.getRequest()));
    }

    static ReceivedForwardedHeaders storedIn(ServerWebExchange exchange) {
        ReceivedForwardedHeaders kept = exchange.getAttribute(ATTRIBUTE);
        return kept == null ? of(exchange.getRequest()) : kept;
    }

    private static ReceivedForwardedHeaders of(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return new ReceivedForwardedHeaders(
                headers.getFirst(HttpHeaders.HOST), request.getURI().getRawPath(), reserved(headers));
    }

    private static Map<String, List<String>> reserved(HttpHeaders headers) {
        Map<String, List<String>> reserved = new LinkedHashMap<>();
        for (String name : headers.headerNames()) {
            headers.getOrEmpty(name).forEach(value -> add(name, value, reserved));
        }
        return reserved;
    }

    /** Adds a header to {@code values} if {@link #isRead} accepts its name. */
    public static void add(CharSequence name, CharSequence value, Map<String, List<String>> values) {
        if (isRead(name)) {
            values.computeIfAbsent(key(name), key -> new ArrayList<>()).add(value.toString());
        }
    }

    /**
     * Returns whether a header is read. Only names with hyphens are: no proxy writes another character, but a client could send such a name
     * past a proxy that removes only the spelling with hyphens.
     */
    static boolean isRead(CharSequence name) {
        return ForwardedHeaders.isReserved(name) && CanonicalHeaderName.isPlain(name);
    }

    /** The key of {@link #values} for a header's name. */
    public static String key(CharSequence name) {
        return CanonicalHeaderName.canonical(name);
    }

    List<String> get(String key) {
        return values.getOrDefault(key, List.of());
    }

    /** The first entry of a list, or null. */
    @Nullable
    String first(String key) {
        List<String> all = get(key);
        return all.isEmpty() ? null : all.get(0).split(",", -1)[0].strip();
    }
}
