package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.origin.AllowedOrigins;
import io.portcullis.gateway.origin.Origin;
import io.portcullis.gateway.route.RouteRules;
import java.net.URI;
import java.util.List;
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
     * @param allowed decides which origins may open a WebSocket on every route
     * @throws PortcullisException {@code BAD_REQUEST} if the route does not support WebSocket or the header {@code Upgrade} lists
     *     other protocols too, or the key is malformed, {@code FORBIDDEN} if the origin is not allowed
     */
    static void check(ServerHttpRequest request, URI routeUri, RouteRules rules, Predicate<Origin> allowed) {
        HttpHeaders headers = request.getHeaders();
        if (!WebSocketUpgrade.isRequested(headers)) {
            return;
        }
        if (!rules.webSocket() && !Origin.isWebSocket(routeUri.getScheme())) {
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
        if (headers.containsHeader(HttpHeaders.ORIGIN)) {
            checkOrigin(Origin.parse(headers.getOrEmpty(HttpHeaders.ORIGIN)), rules.allowedOrigins(), allowed);
        }
    }

    /** @param origin null if the request has several, or one that cannot be read */
    private static void checkOrigin(
            @Nullable Origin origin, AllowedOrigins allowedOnRoute, Predicate<Origin> allowedEverywhere) {
        boolean allowed = allowedOnRoute.contains(origin) || (origin != null && allowedEverywhere.test(origin));
        if (!allowed) {
            throw PortcullisException.of(
                    ErrorCode.FORBIDDEN, "WebSocket origin not allowed (see the route's allowed-origins)");
        }
    }
}
