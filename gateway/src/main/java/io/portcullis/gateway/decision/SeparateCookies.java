package io.portcullis.gateway.decision;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Copies each cookie of a response into a header of its own. A response has several fields {@code Set-Cookie}, of which nginx reads only
 * one in {@code auth_request_set}, or joins them to a text that no browser understands. Scripts can
 * read these headers, unlike {@code Set-Cookie}, so no call of a browser may have them.
 */
final class SeparateCookies {
    private static final String PREFIX = "X-Portcullis-Set-Cookie-";

    private SeparateCookies() {}

    /**
     * Copies the cookies when the response is sent, after each change that was registered before.
     *
     * <pre>
     * X-Portcullis-Set-Cookie-1: __Host-portcullis_access=...
     * X-Portcullis-Set-Cookie-2: __Host-portcullis_refresh=...
     * </pre>
     */
    static void addTo(ServerHttpResponse response) {
        response.beforeCommit(() -> Mono.fromRunnable(() -> copy(response)));
    }

    private static void copy(ServerHttpResponse response) {
        HttpHeaders headers = response.getHeaders();
        int number = 0;
        for (var cookies : response.getCookies().values()) {
            for (var cookie : cookies) {
                number++;
                headers.set(PREFIX + number, cookie.toString());
            }
        }
    }
}
