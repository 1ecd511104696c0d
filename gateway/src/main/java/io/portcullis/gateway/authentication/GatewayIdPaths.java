package io.portcullis.gateway.authentication;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The gateway's own paths with an id in one segment. User ids come from the operator's user table and may contain a slash, a
 * semicolon, a backslash or a dot, which the caller encodes. The gateway answers these paths itself and never proxies them, so
 * that no service can read them differently.
 */
final class GatewayIdPaths {
    private static final List<PathPattern> PATTERNS = Stream.of(
                    "/system/session/{id}",
                    "/system/auth/sessions/{id}",
                    "/system/user/{id}/sessions",
                    "/system/account/{id}/status",
                    "/system/account/{id}/password")
            .map(PathPatternParser.defaultInstance::parse)
            .toList();

    private GatewayIdPaths() {}

    static boolean match(ServerHttpRequest request) {
        PathContainer path = request.getPath().pathWithinApplication();
        return PATTERNS.stream().anyMatch(pattern -> pattern.matches(path));
    }
}
