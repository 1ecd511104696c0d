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
 * What a request said about its way when it arrived.
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

    /** Keeps what a request says, before filters change it. */
    public static void keep(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, of(exchange.getRequest()));
    }

    static ReceivedForwardedHeaders kept(ServerWebExchange exchange) {
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

    /** Adds a header to {@code values}, unless its name is none that is read here. */
    public static void add(CharSequence name, CharSequence value, Map<String, List<String>> values) {
        if (isRead(name)) {
            values.computeIfAbsent(key(name), key -> new ArrayList<>()).add(value.toString());
        }
    }

    /**
     * Whether a header is read here. Proxies spell its name with hyphens; a client may spell it with another character, past a proxy
     * that knows the spelling with hyphens alone.
     */
    static boolean isRead(CharSequence name) {
        return ForwardedHeaders.isReserved(name) && SpelledName.isPlain(name);
    }

    /** The key of {@link #values} for a header's name. */
    public static String key(CharSequence name) {
        return SpelledName.folded(name);
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
