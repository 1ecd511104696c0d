package io.portcullis.gateway.authentication;

import java.util.Locale;
import org.springframework.http.HttpHeaders;

/** Reads the {@code Upgrade} header. */
final class Upgrades {
    private Upgrades() {}

    /** Whether any of the protocols asked for is WebSocket, whatever else is asked for beside it. */
    static boolean asksForWebSocket(HttpHeaders headers) {
        return headers.getOrEmpty(HttpHeaders.UPGRADE).stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("websocket"));
    }
}
