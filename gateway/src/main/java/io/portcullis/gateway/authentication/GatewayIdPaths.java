package io.portcullis.gateway.authentication;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Recognises the gateway's own paths that contain an id. User ids come from the operator's user table and may contain a slash, a
 * semicolon, a backslash or a dot, in percent-encoded form. These paths may contain encoded separators, because the gateway never
 * proxies them and no service can interpret them differently.
 */
final class GatewayIdPaths {
    private static final List<PathPattern> PATTERNS = Stream.of(
                    "/system/session/{id}",
                    "/system/auth/sessions/{id}",
                    "/system/user/{id}/sessions",
                    "/system/account/{id}",
                    "/system/account/{id}/status",
                    "/system/account/{id}/roles",
                    "/system/account/{id}/password")
            .map(PathPatternParser.defaultInstance::parse)
            .toList();

    private GatewayIdPaths() {}

    static boolean match(ServerHttpRequest request) {
        PathContainer path = request.getPath().pathWithinApplication();
        return PATTERNS.stream().anyMatch(pattern -> pattern.matches(path));
    }
}
