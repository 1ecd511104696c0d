package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.route.RouteRules;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Lets WebSocket handshakes through only where a route wants them, and only from its own pages (RFC 6455, 10.2). */
final class WebSocketGuard {
    private WebSocketGuard() {}

    /** @throws PortcullisException if the route takes no WebSocket, or if a foreign page asks for one */
    static void check(ServerHttpRequest request, URI routeUri, RouteRules rules) {
        HttpHeaders headers = request.getHeaders();
        if (!WebSocketUpgrade.isRequested(headers)) {
            return;
        }
        if (!rules.webSocket() && !isWebSocket(routeUri)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "this route takes no WebSocket");
        }
        if (headers.getOrEmpty(HttpHeaders.UPGRADE).size() != 1
                || !"websocket".equalsIgnoreCase(headers.getFirst(HttpHeaders.UPGRADE))) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "Upgrade (expected: websocket)");
        }
        for (String origin : headers.getOrEmpty(HttpHeaders.ORIGIN)) {
            checkOrigin(origin, headers.getFirst(HttpHeaders.HOST), rules);
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
            throw PortcullisException.of(ErrorCode.FORBIDDEN, "pages of this origin may open no WebSocket here");
        }
    }

    private static String authority(String origin) {
        int start = origin.indexOf("://");
        return start < 0 ? "" : origin.substring(start + 3).toLowerCase(Locale.ROOT);
    }
}
