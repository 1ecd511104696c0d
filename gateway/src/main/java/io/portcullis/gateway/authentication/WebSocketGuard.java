package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.route.RouteRules;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Refuses WebSocket handshakes on routes without WebSocket, and from origins that are not allowed (RFC 6455 section 10.2). */
final class WebSocketGuard {
    /** RFC 6455 section 4.2.1. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

    private WebSocketGuard() {}

    /**
     * Checks a request; requests other than WebSocket handshakes always pass.
     *
     * @param allowed decides which origins may open a WebSocket on each route, besides the gateway's own
     * @throws PortcullisException {@code BAD_REQUEST} if the route does not support WebSocket or the header {@code Upgrade} lists
     *     other protocols too, or the key is malformed, {@code FORBIDDEN} if the origin is not allowed
     */
    static void check(ServerHttpRequest request, URI routeUri, RouteRules rules, Predicate<String> allowed) {
        HttpHeaders headers = request.getHeaders();
        if (!WebSocketUpgrade.isRequested(headers)) {
            return;
        }
        if (!rules.webSocket() && !isWebSocket(routeUri)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "this route does not support WebSocket");
        }
        if (headers.getOrEmpty(HttpHeaders.UPGRADE).size() != 1
                || !"websocket".equalsIgnoreCase(headers.getFirst(HttpHeaders.UPGRADE))) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "Upgrade (expected: websocket)");
        }
        List<String> keys = headers.getOrEmpty("Sec-WebSocket-Key");
        if (keys.size() != 1 || !KEY.matcher(keys.get(0)).matches()) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "Sec-WebSocket-Key (expected: 16 bytes in base64)");
        }
        for (String origin : headers.getOrEmpty(HttpHeaders.ORIGIN)) {
            if (!allowed.test(origin)) {
                checkOrigin(origin, headers.getFirst(HttpHeaders.HOST), rules);
            }
        }
    }

    private static boolean isWebSocket(URI uri) {
        return "ws".equalsIgnoreCase(uri.getScheme()) || "wss".equalsIgnoreCase(uri.getScheme());
    }

    private static void checkOrigin(String origin, @Nullable String host, RouteRules rules) {
        boolean allowed = rules.allowedOrigins().contains("*")
                || rules.allowedOrigins().stream().anyMatch(origin::equalsIgnoreCase)
                || (host != null && authority(origin).equals(host.toLowerCase(Locale.ROOT)));
        if (!allowed) {
            throw PortcullisException.of(
                    ErrorCode.FORBIDDEN, "WebSocket origin not allowed (see the route's allowed-origins)");
        }
    }

    private static String authority(String origin) {
        int start = origin.indexOf("://");
        return start < 0 ? "" : origin.substring(start + 3).toLowerCase(Locale.ROOT);
    }
}
