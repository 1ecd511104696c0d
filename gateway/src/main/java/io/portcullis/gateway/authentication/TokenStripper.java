package io.portcullis.gateway.authentication;

import io.portcullis.core.token.TokenKind;
import io.portcullis.gateway.cookie.GatewayCookies;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Removes tokens from a request before it is sent to a service (docs/design.md section 5, step 7). */
final class TokenStripper {
    private static final TokenKind[] KINDS = TokenKind.values();
    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final TokenSources sources;

    TokenStripper(TokenSources sources) {
        this.sources = sources;
    }

    /** Removes the selected tokens from headers and query, and always tickets and the gateway's cookies. */
    void remove(ServerHttpRequest.Builder builder, ServerHttpRequest request, RemovedTokens removed) {
        boolean keeps = removed == RemovedTokens.NONE;
        // A header that the gateway does not read belongs to the service, unless it has a gateway token.
        RemovedTokens inHeader = keeps || sources.header() ? removed : RemovedTokens.OWN;
        builder.headers(headers -> {
            replace(headers, HttpHeaders.AUTHORIZATION, value -> authorization(value, inHeader));
            removeCookies(headers, removed);
            replace(headers, HttpHeaders.REFERER, value -> OutgoingHeaders.passed(HttpHeaders.REFERER, value, removed));
        });
        // If the gateway does not read the parameter, it belongs to the service, unless its value is a gateway token.
        RemovedTokens inQuery = keeps || sources.tokenParameter() ? removed : RemovedTokens.OWN;
        String rawQuery = request.getURI().getRawQuery();
        if (rawQuery != null && rawQuery.contains("=")) {
            removeParameter(builder, request.getURI(), rawQuery, inQuery::includes);
        }
    }

    /**
     * Returns whether a request may have a ticket or a cookie of the gateway, which no service gets. May be true for a request without
     * one.
     */
    static boolean mayHaveTickets(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return request.getURI().getRawQuery() != null
                || headers.containsHeader(HttpHeaders.REFERER)
                || headers.containsHeader(HttpHeaders.AUTHORIZATION)
                || mayHaveCookies(headers);
    }

    private static boolean mayHaveCookies(HttpHeaders headers) {
        return headers.getOrEmpty(HttpHeaders.COOKIE).stream().anyMatch(GatewayCookies::mayBeIn);
    }

    private static @Nullable String authorization(String value, RemovedTokens removed) {
        return OutgoingHeaders.passesAuthorization(BearerTokenResolver.tokenOf(value), removed) ? value : null;
    }

    /** Replaces the values of a header by their changed forms, and drops those that have none. */
    private static void replace(HttpHeaders headers, String name, Function<String, @Nullable CharSequence> change) {
        List<String> values = headers.getOrEmpty(name);
        if (values.isEmpty()) {
            return;
        }
        List<String> kept = values.stream()
                .map(change)
                .filter(Objects::nonNull)
                .map(CharSequence::toString)
                .toList();
        if (!kept.equals(values)) {
            headers.remove(name);
            kept.forEach(value -> headers.add(name, value));
        }
    }

    /** Removes the gateway's cookies by name, also if the gateway does not read cookies. */
    private static void removeCookies(HttpHeaders headers, RemovedTokens removed) {
        if (!mayHaveCookies(headers)) {
            return;
        }
        replace(headers, HttpHeaders.COOKIE, value -> OutgoingHeaders.passed(HttpHeaders.COOKIE, value, removed));
        List<String> kept = headers.getOrEmpty(HttpHeaders.COOKIE);
        if (kept.size() > 1) {
            headers.set(HttpHeaders.COOKIE, String.join("; ", kept));
        }
    }

    /** Edits the raw query, because decoding and encoding it again could change the other parameters. */
    private static void removeParameter(
            ServerHttpRequest.Builder builder, URI uri, String rawQuery, Predicate<String> isRemoved) {
        String kept = Arrays.stream(rawQuery.split("&", -1))
                .filter(pair -> !isRemoved(decoded(name(pair)), decoded(value(pair)), isRemoved))
                .collect(Collectors.joining("&"));
        if (!kept.equals(rawQuery)) {
            String text = uri.toString();
            String base = text.substring(0, text.indexOf('?'));
            builder.uri(URI.create(kept.isEmpty() ? base : base + "?" + kept));
        }
    }

    private static boolean isRemoved(String name, String value, Predicate<String> isRemovedToken) {
        return (name.equals(TokenSources.PARAMETER) && isRemovedToken.test(value))
                || (name.equals(TokenSources.TICKET_PARAMETER) && containsTicket(value));
    }

    /** Returns whether the text contains the prefix of a ticket at any position. */
    static boolean containsTicket(String value) {
        return value.contains(TokenKind.TICKET.prefix());
    }

    /** Returns whether the text begins with the prefix of a gateway token. Does not verify the token. */
    static boolean hasTokenPrefix(String value) {
        for (TokenKind kind : KINDS) {
            if (value.startsWith(kind.prefix())) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the text contains the prefix of a gateway token at any position. */
    static boolean containsGatewayToken(String value) {
        for (TokenKind kind : KINDS) {
            if (value.contains(kind.prefix())) {
                return true;
            }
        }
        return false;
    }

    private static String name(String pair) {
        int start = nameStart(pair);
        int equals = pair.indexOf('=', start);
        return equals < 0 ? pair.substring(start) : pair.substring(start, equals);
    }

    private static String value(String pair) {
        int equals = pair.indexOf('=', nameStart(pair));
        return equals < 0 ? "" : pair.substring(equals + 1);
    }

    /** Skips equals signs at the start, as Spring does, which finds the parameter {@code token} in {@code =token=x}. */
    private static int nameStart(String pair) {
        int start = 0;
        while (start < pair.length() && pair.charAt(start) == '=') {
            start++;
        }
        return start;
    }

    /** Returns the decoded text. A percent sign that encodes nothing stays as it is, and hides no token behind it or before it. */
    static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return URLDecoder.decode(LONE_PERCENT.matcher(text).replaceAll("%25"), StandardCharsets.UTF_8);
        }
    }
}
