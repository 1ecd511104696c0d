package io.portcullis.gateway.authentication;

import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpHeaders;

/** Reads the {@code Upgrade} header. */
public final class WebSocketUpgrade {
    /** The names, in lower case, of the headers by which a client asks for an upgrade. */
    public static final List<String> HEADERS = List.of("upgrade", "http2-settings");

    private WebSocketUpgrade() {}

    /** Whether any of the protocols asked for is WebSocket, whatever else is asked for beside it. */
    static boolean isRequested(HttpHeaders headers) {
        return headers.getOrEmpty(HttpHeaders.UPGRADE).stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("websocket"));
    }
}
