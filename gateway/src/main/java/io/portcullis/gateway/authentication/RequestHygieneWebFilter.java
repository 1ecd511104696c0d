package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.forwarded.ReceivedForwardedHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses ambiguous paths and removes reserved headers, before any other filter reads the path or the headers (docs/design.md
 * section 5, step 1).
 */
public final class RequestHygieneWebFilter implements WebFilter, Ordered {
    private static final Set<String> CONNECTION_OPTIONS = Set.of("close", "keep-alive", "upgrade");

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (isAmbiguous(request)) {
            return Mono.error(
                    PortcullisException.of(
                            ErrorCode.BAD_REQUEST,
                            "path (expected: no dot segment, empty segment, control character, encoded separator or overlong UTF-8)"));
        }
        ReceivedForwardedHeaders.storeIn(exchange);
        ServerHttpRequest clean =
                request.mutate().headers(RequestHygieneWebFilter::clean).build();
        return chain.filter(exchange.mutate().request(clean).build());
    }

    private static boolean isAmbiguous(ServerHttpRequest request) {
        String rawPath = request.getURI().getRawPath();
        return PathAmbiguity.isAmbiguous(rawPath)
                && (PathAmbiguity.isAmbiguousIgnoringEncoded(rawPath) || !GatewayIdPaths.match(request));
    }

    private static void clean(HttpHeaders headers) {
        IdentityHeaders.removeAll(headers);
        boolean webSocket = WebSocketUpgrade.isRequested(headers);
        if (!webSocket) {
            // RFC 9110 section 7.8 lets a server ignore an upgrade. The gateway supports WebSocket only.
            WebSocketUpgrade.HEADERS.forEach(headers::remove);
        }
        cleanConnection(headers, webSocket);
    }

    /**
     * Keeps only known options in {@code Connection}. Proxying removes each header that {@code Connection} names (RFC 9110
     * section 7.6.1), so a client could otherwise remove the identity headers.
     */
    private static void cleanConnection(HttpHeaders headers, boolean webSocket) {
        List<String> values = headers.getOrEmpty(HttpHeaders.CONNECTION);
        if (values.isEmpty()) {
            return;
        }
        List<String> options = values.stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(option -> option.strip().toLowerCase(Locale.ROOT))
                .filter(CONNECTION_OPTIONS::contains)
                .filter(option -> webSocket || !option.equals("upgrade"))
                .distinct()
                .toList();
        if (options.isEmpty()) {
            headers.remove(HttpHeaders.CONNECTION);
        } else {
            headers.set(HttpHeaders.CONNECTION, String.join(", ", options));
        }
    }
}
