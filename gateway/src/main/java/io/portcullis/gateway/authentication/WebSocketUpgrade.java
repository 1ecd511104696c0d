package io.portcullis.gateway.authentication;

import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpHeaders;

/** Recognises WebSocket handshakes by the {@code Upgrade} header (RFC 9110 section 7.8). */
public final class WebSocketUpgrade {
    /** The lower-case names of the headers with which a client requests a protocol upgrade. */
    public static final List<String> HEADERS = List.of("upgrade", "http2-settings");

    private WebSocketUpgrade() {}

    /** Returns whether a requested protocol is WebSocket, alone or among others. */
    static boolean isRequested(HttpHeaders headers) {
        return headers.getOrEmpty(HttpHeaders.UPGRADE).stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("websocket"));
    }
}
